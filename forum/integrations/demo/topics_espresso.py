"""Threads on espresso and tea."""

from forum.integrations.demo.scenes import Topic, ask, say, talk

TOPICS: tuple[Topic, ...] = (
    ask(
        "espresso", "tom", 76, "Shots run fast although I grind finer and finer", "dialing-in channeling",
        """
        18 g in, 36 g out in **14 seconds**. I go finer, it gets *faster*. I thought I understood how this works.
        """,
        say(
            "sofia", 2,
            """
            You do. But very fine grounds clump, the puck cracks, and the water takes the crack. So:

            1. go **back** three steps coarser,
            2. break up the clumps with a thin needle,
            3. tamp level rather than hard,
            4. then go finer one step at a time.

            If the spent puck has a little hole in it, that was your shortcut.
            """,
            say("tom", 20, "There *was* a hole. 27 seconds now, and it tastes of something.",
                say("amara", 3, "Welcome to the club. The needle is the cheapest upgrade there is.")),
            up=11, accepted=True,
        ),
        say("luis", 6, "How old are the beans? Stale ones run like that no matter what you do.", up=4),
        up=6, views=187,
    ),
    ask(
        "espresso", "fatima", 69, "Milk foam with big bubbles", "milk steaming",
        "It looks like dish soap. Whole milk, cold, small jug. What is the trick?",
        say(
            "amara", 3,
            """
            Air only in the **first three seconds**, while the jug is still cold to your hand: tip just under the
            surface, a sound like tearing paper. Then sink the tip a centimeter and let it spin until the jug is *just*
            too hot to hold.

            Bubbles left? Tap the jug on the table twice and swirl it until it shines like paint.
            """,
            say("fatima", 30, "Tearing paper is exactly the sound. Shiny for the first time!"),
            up=8, accepted=True,
        ),
        say("nele", 28, "On our small machine, purge the wand for two seconds first. There is water in it.", up=4),
        up=5, views=133,
    ),
    ask(
        "espresso", "bram", 12, "Puck sticks to the shower screen", "puck basket",
        "When I take the portafilter out, half of the puck stays up there. Too much coffee?",
        say("luis", 4, "Likely, yes. Put a coin on the puck, lock in, take it out. If the coin leaves a print, dose a"
            " gram"
            " less.", up=4),
        say("amara", 9, "Or wait ten seconds before you unlock. There is pressure left, and it sucks the puck"
            " up.", up=3),
        views=51,
    ),
    talk(
        "espresso", "amara", 137, "A month with a lever: what I wish somebody had told me", "lever beginners",
        """
        - The first shot of the day is for the machine.
        - Your arm is a pressure gauge. Believe it.
        - Preheat the *cup*, not only the group.
        - Nobody needs a naked portafilter in week one. ||I bought one in week one.||

        What would you add?
        """,
        say("henrik", 10, "Grease the piston seals twice a year, food-grade silicone. They never squeak again.", up=5),
        say("kaya", 14, "Tie the lever up before you clean it. I have a scar and no more questions.",
            say("amara", 2, "Oh no. Added to the list.")),
        say("tom", 24 * 70, "Reading this months later: the first shot is for the machine. Yes. Yes.", up=3),
        up=9, views=212,
    ),
    ask(
        "espresso", "luis", 101, "18 g or 20 g basket for a medium roast?", "basket dose",
        "My machine came with an 18 g basket, everyone on the internet uses 20. Do I miss something?",
        say(
            "sofia", 4,
            "No. What matters is that the basket is filled to within two grams of what it is made for: 17–19 g in an"
            " 18 g basket. More coffee needs a coarser grind for the same time, and you drink *more*, not *better*."
            " Stay at 18 and spend the money on fresh beans.",
            say("luis", 7, "My grandmother would agree with every word."),
            up=8, accepted=True,
        ),
        up=3, views=119,
    ),
    ask(
        "espresso", "kaya", 57, "Can I backflush without detergent?", "cleaning backflush",
        "I only have citric acid at home and I would like to keep my machine.",
        say(
            "jun", 2,
            """
            Backflush with plain water every evening, that is fine. For coffee oils you need detergent (it is alkaline);
            acid does nothing against oil and is for lime.

            | dirt | needs |
            | --- | --- |
            | coffee oil, brown film | detergent, once a week |
            | lime, white crust | citric acid, by the manual |

            Never both at once.
            """,
            say("kaya", 5, "That table goes on the cupboard door. Thank you."),
            up=7, accepted=True,
        ),
        say("piet", 12, "Check that your machine has a three-way valve at all. Without one, there is nothing to"
            " backflush.",
            up=5),
        up=4, views=98,
    ),
    ask(
        "tea", "greta", 54, "Green tea is bitter even at 80 °C", "green-tea sencha",
        "I bought a kettle with a display *for this* and it is still bitter. Two minutes, a heaped spoon.",
        say(
            "xiaolin", 4,
            """
            For sencha 80 is still hot. Please try:

            - 70 °C, **60 seconds**, 4 g for 200 ml
            - second time: 80 °C, only 20 seconds
            - third time: 90 °C, 40 seconds

            Leaf stays in the pot, water changes. 每一泡味道都不同。
            """,
            say("greta", 20, "The second one is the best cup of tea I ever made.",
                say("yuki", 5, "It always is the second.")),
            up=8, accepted=True,
        ),
        say("yuki", 9, "And warm the pot, then pour the water through two cups before it meets the leaf. Each cup takes"
            " about seven degrees.", up=5),
        up=5, views=121,
    ),
    ask(
        "tea", "ebba", 7.2, "Tea in cold water over night: how much leaf?", "cold-brew",
        "A friend makes green tea in the fridge. I would like to try. How much, how long, which tea?",
        say("yuki", 3, "10 g for a liter, fridge, 6 hours. Sencha or a white tea. No need to wait for more, it does not"
            " get bitter, only darker.",
            say("ebba", 30, "Six hours was perfect. Next time with a slice of lemon.",
                say("wei", 4, "Lemon after, not during. The tea turns cloudy.")), up=6),
        say("fatima", 8, "Fresh mint in the last hour.", up=4),
        up=1, views=59,
    ),
    talk(
        "tea", "wei", 35, "你们平时喝什么茶？", "闲聊 茶",
        """
        茶室里客人问得最多的一句话。我自己早上喝白毫银针，下午喝焙火的铁观音，晚上只喝热水。

        你们呢？
        """,
        say("xiaolin", 4, "早上龙井，下午看心情。最近迷上了寿眉，煮着喝。",
            say("wei", 2, "寿眉煮的时候放一小片陈皮，试试看。",
                say("xiaolin", 26, "试了，家里都是香的。")), up=5),
        say("jun", 11, "小时候喝茉莉花茶，现在在荷兰想家的时候还是喝茉莉花茶。", up=6),
        say("yuki", 30, "I can read this with my dictionary and my heart. 煎茶, every day.", up=4),
        up=7, views=88, language="zh",
    ),
    ask(
        "tea", "priya", 143, "Chai boils over every single time", "chai milk",
        "I look away for one second. One. Is there a trick, or a bigger pot?",
        say("fatima", 2, "Wooden spoon across the pot. And take it off when it rises, put it back when it falls, three"
            " times. That is the recipe anyway.", say("priya", 6, "My mother says the same, with more words."), up=6),
        say("mara", 5, "Butter the rim of the pot, a finger's width. The foam stops there.", up=5),
        up=1, views=137,
    ),
    ask(
        "tea", "elias", 43, "Brown film in the glass teapot", "cleaning teapot",
        "Soap does nothing. The dishwasher made it worse.",
        say(
            "sofia", 1,
            "Tannin: it needs oxygen, not soap. A teaspoon of *sodium percarbonate* (sold as oxygen bleach, the powder"
            " without perfume), hot water, ten minutes, no rubbing. Rinse well. Baking soda on a damp cloth also works"
            " but takes elbow grease.",
            say("elias", 26, "It fizzed, and then the pot was gone. I mean: invisible. It was that clean."),
            up=8, accepted=True,
        ),
        up=1, views=104, product="FK-TP-06",
    ),
)
