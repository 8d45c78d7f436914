"""Threads on water, beans, recipes, and everything off the stove; news of the shop."""

from forum.integrations.demo.scenes import Topic, ask, say, talk

TOPICS: tuple[Topic, ...] = (
    ask(
        "water", "noor", 73, "Which filter for 20 °dH?", "filters hard-water",
        "Jug, tap filter or the big thing under the sink? I brew three times a day and would rather not carry bottles.",
        say(
            "sofia", 2,
            """
            At three brews a day a jug is enough, if you change the cartridge in time. Measure with drops, not strips:

            | | comes out at | lasts |
            | --- | ---: | --- |
            | jug | 8–10 °dH | 3 weeks |
            | tap filter | 10–12 °dH | 6 weeks |
            | under the sink | as you set it | a year |

            For coffee you want about 6. So: jug, and mix with a third of bottled soft water for the good beans.
            """,
            say("noor", 9, "Jug it is. The mixing made more difference than my last grinder."),
            up=9, accepted=True,
        ),
        say("jun", 8, "If you rent, forget the one under the sink. I left mine behind in two flats.", up=4),
        up=6, views=158,
    ),
    ask(
        "water", "amara", 50, "Make my own brewing water from distilled?", "recipes minerals",
        "I read about adding minerals to distilled water. Which ones, how much, and is it worth it?",
        say(
            "jun", 4,
            """
            Two concentrates, one liter of distilled water each:

            ```
            A  buffer     1.7 g  baking soda
            B  hardness   2.5 g  Epsom salt (food grade)

            brewing water: 1 l distilled + 40 g of A + 80 g of B
            ```

            Keeps for weeks in the fridge. Worth it for filter; for espresso please do not use it in a boiler without
            reading the manual.
            """,
            say("amara", 40, "Like somebody cleaned a window. Thank you for the exact numbers."),
            up=8, accepted=True,
        ),
        say("sofia", 9, "Jun's numbers are right. Weigh the powders on a jeweler's scale, a kitchen scale is off by"
            " half at"
            " that weight.", up=6),
        up=6, views=126,
    ),
    ask(
        "water", "callum", 0.09, "How often should I descale a brand new kettle?", "descaling beginners",
        """
        Got my first proper kettle yesterday (stovetop, 1.2 l). Water here is "medium hard", says the city. Do I start
        right away, or wait until I see something?
        """,
        views=9,
    ),
    talk(
        "water", "jun", 78, "Hardness by town: please add yours", "hard-water list",
        """
        So that people moving house know what awaits them. Town, °dH, measured or from the waterworks.

        | town | °dH | |
        | --- | ---: | --- |
        | Leiden | 8 | measured |
        | Rotterdam (north) | 20 | measured, by Noor |
        | Gdańsk | 14 | waterworks |
        """,
        say("luis", 5, "Porto: 4, waterworks. My kettle is three years old and shines.", up=3),
        say("hanna", 24 * 14, "Well behind the cabin: 2. Tastes of pine, if you are in the mood.",
            say("jun", 3, "Added as *pine*."), up=5),
        say("wei", 20, "台北: 3。", up=2),
        say("greta", 44, "Würzburg: 24. We do not talk about it.", up=6),
        say(
            "piet", 24 * 20,
            """
            I hung this up at the workshop, next to the descaler:

            ![Bars of water hardness: the cabin 2, Porto 4, Leiden 8, Rotterdam 20, Greta's town 24 °dH](hardness.png)
            """,
            say("greta", 5, "We do not talk about it, I said.", up=4), up=7,
        ),
        up=10, views=177,
    ),
    ask(
        "water", "hanna", 18, "Kettle smells of descaler after three rinses", "descaling smell",
        "A store-bought liquid one. Tea tastes of lemon candy. How do I get rid of it?",
        say("mara", 2, "Boil it full with a spoon of baking soda, leave it for ten minutes, rinse. The soda takes the"
            " rest"
            " of the acid, and the perfume goes with the steam. Lid open.", up=6),
        say("noor", 5, "And next time plain citric acid. No perfume, a quarter of the price. See #kettles.", up=4),
        views=47,
    ),
    ask(
        "beans", "greta", 81, "How long should a light roast rest?", "resting light-roast",
        "The bag says *roasted three days ago* and it tastes sour and closed. Wait, or is it just not for me?",
        say(
            "sofia", 3,
            """
            Wait. Light roasts hold on to their gas:

            - light: 10–14 days
            - medium: 7
            - dark: 3–4

            Leave the bag closed, valve up, in a cupboard. Taste one cup every other day, it is the cheapest lesson in
            coffee.
            """,
            say("greta", 24 * 9, "Day twelve: peach. Actual peach."),
            up=10, accepted=True,
        ),
        say("yuki", 10, "My green book says 16 days for the last Kenyan. It went on getting better until the bag was"
            " empty.", up=4),
        up=6, views=162,
    ),
    talk(
        "beans", "priya", 40, "Beans you bought twice", "favorites",
        "Anyone can like a bag once. What did you *go back* for?",
        say("mara", 3, "The house beans. Six times. I have no imagination and good mornings.", up=4),
        say("yuki", 6, "A washed Guji, twice, from two harvests. The second was better.", up=3),
        say("luis", 13, "Whatever my cousin brings from Brazil in his sock drawer.",
            say("priya", 2, "Roasted, I hope.", say("luis", 1, "By my grandmother, in a pan.",
                say("sofia", 4, "I would like to be adopted, please.")))),
        up=7, views=115,
    ),
    ask(
        "beans", "luis", 66, "Do beans belong in the freezer?", "storage",
        "Got two kilos at once. Freezer, fridge, or drink faster?",
        say(
            "jun", 3,
            "Freezer yes, fridge never (it is damp and smells). Portions of a week each, airtight, as little air as you"
            " can. Take one out, let it come to room temperature **closed**, then open it. Never put it back.",
            say("luis", 4, "Eight jars, labeled. My freezer looks like a laboratory."), up=8,
        ),
        say("fatima", 20, "I keep mine in the freezer and grind them frozen. Works too, and less static.", up=3),
        up=4, views=129,
    ),
    ask(
        "beans", "yuki", 16, "Dark, oily beans clog my grinder", "oil cleaning",
        "A present from an uncle, very dark, very shiny. After a week the chute was closed. How do you clean that?",
        say("henrik", 6, "Take the upper burr out, dry brush, wooden skewer for the chute. No water. A handful of dry"
            " rice is often advised: do not, it is harder than the burr carrier on small grinders.", up=5),
        say("tom", 11, "Grinder cleaning tablets worked for me, then a few grams of old beans after them.", up=3),
        up=3, views=53,
    ),
    talk(
        "recipes", "mara", 128, "Iced pour-over that does not taste of water", "iced recipes",
        """
        Brew strong onto the ice. For one tall glass:

        1. 20 g coffee, ground a little finer than usual
        2. 130 g ice in the server
        3. 200 g water at 95 °C, in three pours, 2:30 in all
        4. stir until the ice is gone, pour over *fresh* ice

        > The ice is part of the recipe: weigh it.
        """,
        say("fatima", 3, "Made it for six people on Friday. Six people want the recipe.", up=4),
        say("elias", 24 * 44, "Can I use ice from the day before? It tastes of fish fingers.",
            say("mara", 2, "Then your coffee will, too. Cover the tray.")),
        say("sofia", 30, "With 6 °dH water the acidity stays bright. With mine straight from the tap it was dull."
            " Worth a"
            " try, @mara.", up=5),
        up=12, views=244,
    ),
    ask(
        "recipes", "fatima", 93, "Cold brew: which ratio, and how long?", "cold-brew ratio",
        "Recipes say anything from 1:4 to 1:15 and from 8 to 24 hours. I need it for twelve people.",
        say(
            "mara", 2,
            """
            For drinking over ice, ready to pour: **1:12, coarse, 14 hours in the fridge.**

            For twelve people: 250 g coffee, 3 l water, two big jars. Strain through a cloth first, then through paper,
            or the paper clogs. A pinch of salt per liter, nobody will notice and everybody will like it.
            """,
            say("fatima", 50, "All gone by four. I noticed the salt and said nothing."),
            up=9, accepted=True,
        ),
        up=5, views=148,
    ),
    ask(
        "recipes", "ebba", 4.1, "From one cup to three: do I just multiply?", "ratio beginners",
        "15 g to 250 g works. Parents are coming. 45 g to 750 g took forever and was bitter.",
        say(
            "mara", 1.5,
            """
            Multiply the weights, not the grind. A bed three times as deep slows everything down:

            - three to four clicks **coarser**
            - 48 g to 750 g
            - bloom with 150 g, then two big pours
            - 4:00 is fine for that much
            """,
            say("ebba", 20, "3:55, and my father asked for the name of the shop."),
            say("ebba", 85, "And again today, for five of us. Four clicks coarser, not one bitter face."),
            up=8, accepted=True,
        ),
        say("greta", 4, "Or brew twice 1.5. I never get large ones even.", up=3),
        up=1, views=52,
    ),
    talk(
        "recipes", "kaya", 24, "Guess the spice", "spices game",
        """
        I put something into the grinder with the coffee this morning. Rules: one guess each, no asking my neighbor.

        >! It was a single pod of black cardamom, and no, it does not come out of the grinder again.
        """,
        say("priya", 1, "Cardamom. You wrote it on your face.", up=5),
        say("luis", 3, "Cinnamon!"),
        say("henrik", 6, "Whatever it was: dry brush, wooden skewer, three rounds of old beans.",
            say("kaya", 2, "I knew you would come.")),
        up=6, views=83,
    ),
    talk(
        "off-the-stove", "kaya", 58, "Show your corner: small kitchens only", "kitchens",
        "Describe it if you have no picture. Mine: a shelf 38 cm wide, kettle below, grinder on a hook, cups on the"
        " ceiling. Yes, the ceiling.",
        say("mara", 2, "A flour sack, a stool on it, the kettle on the stool. It moves with me.", up=4),
        say("hanna", 5, "One gas flame, one window, one view. The kettle lives on the flame.", up=5),
        say("elias", 9, "A drawer. When it is open there is coffee. When it is closed there is a desk.",
            say("kaya", 1, "This is the winner so far.",
                say("tadeusz", 4, "A drawer cafe! Does it have opening hours?", say("elias", 2, "Only when I"
                    " learn.")))),
        say("ines", 15, "I drew mine. It is more rings than corner.", up=4),
        say("ebba", 24 * 46, "Late to this: windowsill, kettle, basil. The basil gets the left-over water.", up=3),
        say("greta", 31, "Between two buckets of tulips. Today, anyway.", up=6),
        up=13, views=372,
    ),
    talk(
        "off-the-stove", "tadeusz", 14, "What do you listen to while the water heats?", "music",
        "Four minutes, once in the morning. I am collecting records that are exactly that long.",
        say("jun", 2, "The kettle. It starts in G and ends in B flat.",
            say("tadeusz", 1, "Mine is a quarter tone lower. Lime?", say("jun", 2, "Lime. You can hear it."))),
        say("amara", 7, "Nothing at all. After a night shift four minutes of nothing are the best part.", up=6),
        say("yuki", 12, "The neighbor practicing the cello. He is at page three.", up=5),
        up=7, views=94,
    ),
    talk(
        "off-the-stove", "nele", 160, "Say hello: who are you, and what is in your cup?", "introductions",
        "New here, or here since the first week: one or two lines are enough. I start: Nele, the shop, and it is the"
        " third cup of the house beans, already cold.",
        say("amara", 4, "Amara, nurse, flat white. The heart on it looks like an onion.", up=4),
        say("yuki", 9, "Yuki. Sencha. Good morning.", up=3),
        say("tom", 24 * 24, "Tom. Something that should have been an espresso.",
            say("sofia", 2, "Ask in #espresso, we will get it there.")),
        say("noor", 24 * 65, "Noor, Rotterdam, chalk with a bit of tea in it.", up=4),
        say("ebba", 24 * 149, "Ebba! Gooseneck for my birthday, peppermint for now, very curious.",
            say("nele", 3, "Welcome, Ebba, and happy birthday after the fact.")),
        up=9, views=420, pinned=True,
    ),
    talk(
        "announcements", "nele", 320, "Welcome to Fern & Kettle: how this place works", "welcome",
        """
        This is where our customers help each other. We read along, but most good answers come from you.

        - **Ask** when something does not work. Say which model, and what you have tried.
        - **Accept** the answer that solved it, so that the next one finds it at once.
        - Rank grows with help that others found useful. You read how on the *Ranks* page, there is nothing secret in
          it.
        - Be as kind as you would be at our counter.

        Order numbers and addresses do not belong here: write to us for anything with your name on it.
        """,
        say("sofia", 5, "Glad this exists. The old mailing list was losing all the good answers.", up=5),
        up=15, views=688, pinned=True,
    ),
    talk(
        "announcements", "nele", 1.6, "Firmware 2.4.1 for the Fern gooseneck", "firmware gooseneck",
        """
        What changes:

        - *hold* switches itself off after 60 minutes (thank you for the measurements, @tadeusz)
        - the display dims at night
        - ~~a new beep~~ the old beep, you were very clear about that

        Update with the kettle **empty and switched off**, it takes two minutes.
        """,
        say("tadeusz", 3, "The dimming is lovely. Installing now."),
        say("jun", 8, "If the pump stutters afterwards: hold the power key for eight seconds, see the thread in"
            " #kettles.",
            say("nele", 14, "Thank you, Jun. We found the cause, 2.4.2 will not need that any more."), up=5),
        up=8, views=133,
    ),
    talk(
        "announcements", "piet", 8, "An evening at the workshop: bring what drips", "workshop",
        """
        First Thursday of next month, 18:00, at the shop. Bring a kettle, a grinder or a moka pot that needs care.
        We have gaskets, citric acid, tools and soup.

        Twelve places. Reply here if you come, and say what you bring.
        """,
        say("henrik", 2, "I bring the 1987 kettle and a box of rivets.", up=3),
        say("ines", 6, "Me, and a base that lives again. Could I draw while you work?",
            say("piet", 2, "Only if we get to hang it up.")),
        say("oskar", 11, "Three things. No, four. I will make a list.", up=3),
        say("greta", 178, "Is there still a place? I would bring a grinder that hums."),
        up=8, views=121,
    ),
    talk(
        "upstairs", "sofia", 27, "Questions that come back every week", "answers",
        """
        I counted for a month:

        1. limescale and coating (11)
        2. grind size for filters (7)
        3. cord and base (5)

        Shall we write one good answer for each and point to it? I would start with the first.
        """,
        say("jun", 4, "Yes. I take 1 with you, I have the photos.",
            say("sofia", 3, "Good, draft by Sunday.")),
        say("mara", 9, "I will do 2, as a table. People read tables.", up=2),
        up=3, views=31,
    ),
    talk(
        "upstairs", "nele", 5, "Early samples of the new flat dripper: who wants one?", "samples",
        "Five pieces, ceramic, not final. All we ask is an honest page about it here, bad news first.",
        say("sofia", 2, "Me, please. I promise bad news.", up=2),
        say("mara", 5, "I can test it at four in the morning, in the dark. If it survives that, print it."),
        say("jun", 7, "I am in. May I compare it with the first series?",
            say("nele", 2, "Please do. They go out on Monday.")),
        up=2, views=22,
    ),
)
