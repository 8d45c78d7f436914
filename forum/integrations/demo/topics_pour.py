"""Threads on pour-over and grinders."""

from forum.integrations.demo.scenes import Topic, ask, say, talk

TOPICS: tuple[Topic, ...] = (
    talk(
        "pour-over", "sofia", 9.5, "Grind size for the new flat filters: what works for you?", "filters grind recipes",
        """
        The new paper is thinner and runs faster, so my old setting gives a thin cup. After a week of trying I am at
        **two clicks finer** than with the old ones. My numbers:

        | | old paper | new paper |
        | --- | ---: | ---: |
        | dose | 15 g | 15 g |
        | water | 250 g, 94 °C | 250 g, 94 °C |
        | Moss clicks | 22 | 20 |
        | time | 2:50 | 2:45 |

        Please add yours: grinder, setting, time, and whether you liked it.
        """,
        say("jun", 3, "Moss, 20 clicks, 2:40, three pours. Sweeter than before. At 19 it choked.",
            say("sofia", 2, "Choked at 19 with which coffee?",
                say("jun", 1, "A natural from Sidama, lots of fines.",
                    say("sofia", 5, "That explains it. Washed coffees let me go to 18.",
                        say("greta", 8, "So the rule is: natural one click coarser?",
                            say("sofia", 3, "As a start, yes. Then trust your tongue more than the rule."))))),
            up=6),
        say("greta", 20, "Electric, setting 14 instead of 16. 3:05. A bit dry at the end.",
            say("mara", 4, "Pour the last third lower and slower, and stop at 2:30 even if the bed is still"
                " wet."), up=3),
        say("xiaolin", 31, "Moss 21，2:55，水温 92。很干净，我喜欢。 (21 clicks, 92 °C, very clean.)", up=5),
        say("ines", 50, "I did not know I could change *anything* and just drank it. 20 clicks it is.", up=4),
        say("elias", 70, "Twenty, 2:50. First cup in weeks that I finished before it was cold.", up=3),
        up=13, views=402,
    ),
    ask(
        "pour-over", "xiaolin", 6.1, "第一次用手冲壶，水流总是太快怎么办？", "新手 手冲",
        """
        刚买了细嘴壶，注水的时候总是一下子冲出来，粉床被冲出一个洞。

        - 壶里装八分满
        - 水温 93 °C
        - 15 克粉，250 克水

        是我手的问题，还是壶的问题？
        """,
        say(
            "jun", 2,
            """
            不是你手的问题，是水位。**八分满太满了**，壶一倾斜，水压就大。

            1. 只装到一半，水流马上会慢下来；
            2. 手腕不动，用整只手臂画圈；
            3. 壶嘴离粉床两三厘米，越高冲击越大。

            先用空的滤杯练五分钟，只看水流，不看咖啡。
            """,
            say("xiaolin", 9, "装一半真的好多了！手臂画圈还要练。谢谢！",
                say("jun", 1, "一个星期以后你就不会再想这件事了。")),
            up=9, accepted=True,
        ),
        say("wei", 12, "我在茶室教客人的时候，让他们先用冷水练。不怕烫，手就稳了。", up=6),
        up=7, views=118, language="zh",
    ),
    ask(
        "pour-over", "greta", 112, "The last third of the cup is always bitter", "bitter recipes",
        "First sips lovely, then it turns. 18 g to 300 g, 96 °C, 3:40. Do I drink too slowly?",
        say(
            "sofia", 2,
            """
            You drink fine. 3:40 is long for 18 g: the last water runs through a bed that has given everything good
            already.

            - grind **two steps coarser**, aim for 2:50
            - 93 °C instead of 96
            - change one of the two at a time, so that you know which it was
            """,
            say("greta", 25, "Coarser alone did it. I kept the 96.", say("sofia", 2, "Perfect. That is how to do it.")),
            up=10, accepted=True,
        ),
        say("mara", 7, "And stir once after the bloom. Dry lumps in the bed do the same.", up=5),
        up=5, views=166,
    ),
    ask(
        "pour-over", "elias", 61, "Coffee tastes of paper although I rinse the filter", "filters rinsing",
        "I rinse with a good splash of hot water. Still cardboard. Brown filters, if that matters.",
        say(
            "sofia", 1,
            """
            It matters: unbleached paper needs three or four times the water. A *splash* is for the white ones.

            Test without coffee: rinse, then pour 200 ml through and taste the water next to plain hot water. If you can
            tell them apart, rinse again.
            """,
            say("elias", 14, "I could tell them apart with my eyes closed. Switched to white."),
            up=8, accepted=True,
        ),
        say("jun", 4, "Also keep them in a closed tin. Paper next to the spice shelf tastes of the spice shelf.", up=5),
        up=1, views=109,
    ),
    ask(
        "pour-over", "ines", 22, "Drawdown takes five minutes", "filters grind stalling",
        """
        250 g of water and it sits there like a pond. Bracken flat dripper, supermarket beans, ground in the shop.
        What should I change first?
        """,
        say(
            "jun", 1,
            """
            The grind. Shops grind for machines unless you say *filter, coarse*. Hold it against sea salt: if yours is
            more like table salt, that is your pond.

            If you are stuck with the bag: 12 g instead of 18, fewer pours, and do not swirl.
            """,
            say("ines", 3, "Table salt, definitely. Is there a way to rescue the bag?",
                say("jun", 1, "Sieve it with a tea strainer and use what stays in the strainer.",
                    say("ines", 20, "2:55 with the sieved part!",
                        say("elias", 4, "And what do you do with the dust?",
                            say("mara", 6, "Chocolate cake. A tablespoon in the batter.",
                                say("ines", 30, "This thread ended well.")))))),
            up=8, accepted=True,
        ),
        say("sofia", 5, "Look at the bed when it is done: mud on the walls of the paper means too many fines, a flat"
            " and"
            " even bed means just too fine.", up=6),
        up=1, views=147, product="FK-DR-FB",
    ),
    talk(
        "pour-over", "yuki", 84, "My morning recipe, for those who like it light", "recipes light-roast",
        """
        From the green book, page 112:

        ```
        12 g   washed Ethiopian, coarse
        200 g  water, 96 °C
        0:00   40 g, wait
        0:40   to 120 g, slowly
        1:20   to 200 g, center only
        2:20   done
        ```

        It tastes of bergamot, or of nothing at all if the water is too soft.
        """,
        say("sofia", 4, "Bergamot here too! How soft is too soft?",
            say("yuki", 3, "Under 3 °dH it was flat. At 6 it was best."), up=4),
        say("priya", 26, "I made it with the house beans. Not bergamot, but very good toast.", up=3),
        up=8, views=131,
    ),
    ask(
        "pour-over", "oskar", 95, "Scale drifts while I pour", "scale heron",
        "Heron scale. The number creeps up by two or three grams after I stop pouring. Broken again?",
        say(
            "sofia", 3,
            "It is warm, not broken. Heat from the server changes the load cell under the plate. Put a cork coaster on"
            " it, tare with the coaster on, and the creeping stops. If it creeps *cold*, change the battery.",
            say("oskar", 18, "Coaster did it. For once I did not break it."),
            up=8, accepted=True,
        ),
        up=1, views=92, product="FK-SC-01",
    ),
    ask(
        "pour-over", "wei", 47, "滤纸要不要先冲洗？", "滤纸 手冲",
        "有人说一定要冲，有人说没有差别。你们自己试过吗？漂白的和原色的一样吗？",
        say(
            "xiaolin", 5,
            "我试过三次盲测：原色的不冲，三次都喝得出来；漂白的不冲，三次里只猜对一次。所以原色一定冲，漂白的随意，"
            "不过冲一下可以顺便温杯。",
            say("wei", 8, "盲测！佩服。我明天也试试。"), up=5,
        ),
        up=4, views=70, language="zh",
    ),
    ask(
        "grinders", "amara", 155, "Static: half of the coffee sticks to the grinder in winter", "static moss",
        "As soon as the heating is on, the cup looks like a hedgehog. I lose almost a gram.",
        say(
            "sofia", 2,
            """
            One drop of water. Wet the handle of a teaspoon, stir it once through the beans *before* grinding. The damp
            film carries the charge away; it is far too little to harm the burrs.
            """,
            say("amara", 12, "I did not believe it and now I am telling everyone on the ward."),
            up=12, accepted=True,
        ),
        say("tom", 24 * 19, "I keep the beans in the freezer door and grind them cold, that also helped a bit.", up=2),
        up=8, views=240, product="FK-GR-MO",
    ),
    ask(
        "grinders", "hanna", 29, "Handle of the Moss slips off under load", "moss handle",
        "With light roasts the handle jumps off the hexagon. Is mine worn out after two months?",
        say(
            "henrik", 7,
            "The little grub screw on the side has come loose: 2 mm hex key, a quarter turn, done. If it comes loose"
            " again, a drop of *removable* thread lock. And hold the grinder at a slight angle, light roasts bite"
                " less.",
            say("hanna", 16, "There is a grub screw! Quarter turn, done."),
            up=6, accepted=True,
        ),
        up=1, views=58, product="FK-GR-MO",
    ),
    ask(
        "grinders", "yuki", 134, "How do I find the true zero point?", "calibration moss",
        "I took it apart for cleaning and now my 22 is not my 22 any more.",
        say(
            "sofia", 6,
            """
            Zero is where the burrs touch, not where the handle stops.

            1. Empty grinder, upside down.
            2. Turn finer until the handle does not fall by its own weight any more.
            3. One click back: it must just fall. **That is zero.**

            Count from there and write it on the inside of the lid. ||Mine says 'not 22'.||
            """,
            say("yuki", 10, "Zero found, 22 is 22 again, and I laughed at the spoiler."),
            up=9, accepted=True,
        ),
        up=5, views=125, product="FK-GR-MO",
    ),
    talk(
        "grinders", "tom", 33, "Electric or by hand, for two cups a day?", "choosing",
        "Budget for one decent thing. Hand grinder that lasts, or a small electric one? Two cups, espresso now and"
            " then.",
        say("amara", 2, "By hand for filter, electric as soon as espresso is more than now and then. 18 g fine by"
            " hand is"
            " a workout.", up=4),
        say("hanna", 5, "By hand, because there is no socket in my cabin. Two minutes, and I look out of the window.",
            say("tom", 2, "The window is a good argument.")),
        say("henrik", 20, "Buy what can be taken apart with one screwdriver. That answers most of it.", up=6),
        say("luis", 28, "My grandmother's hand mill is 60 years old. No electric one in this family saw its tenth"
            " birthday.", up=5),
        up=5, views=143,
    ),
    ask(
        "grinders", "noor", 3.3, "Beans jump around instead of going in", "popcorning electric",
        """
        With less than 15 g in the hopper the beans hop on the burrs like popcorn and the grind gets uneven. Is there a
        weight one can put on top, or is that a bad idea?
        """,
        up=2, views=33,
    ),
)
