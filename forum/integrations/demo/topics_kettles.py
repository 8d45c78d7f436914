"""Threads on kettles and on the repair bench."""

from forum.integrations.demo.scenes import Topic, ask, say, talk

TOPICS: tuple[Topic, ...] = (
    ask(
        "kettles", "ebba", 2.2, "How do I get the limescale out of the Fern gooseneck without hurting the coating?",
        "descaling coating gooseneck",
        """
        We have very hard water here and after two months there is a grey rim inside. The leaflet says *no vinegar*,
        but the descaler I know is basically vinegar.

        What do you use, and how often?
        """,
        say(
            "jun", 1.4,
            """
            **Citric acid, one tablespoon to a liter, 20 minutes at 60 °C, never boiling.** Then two rinses. It leaves
            the coating alone because the trouble with vinegar is not the acid but the hours people leave it in.

            ```
            1 tbsp  citric acid (food grade)
            1 l     water, 60 °C   ->  20 min, lid open
            2 x     rinse, then boil once and pour away
            ```

            With water like yours I would do it every three weeks; a filter jug makes that two months.
            """,
            say(
                "ebba", 5, "It is spotless. Thank you! Is the powder from the pharmacy fine?",
                say("jun", 0.6, "Yes, as long as it says food grade."),
            ),
            up=17, accepted=True,
        ),
        say(
            "nele", 20,
            "What Jun says is what our workshop does. The leaflet will be changed in the next print, it scares people"
            " off the right thing.",
            up=6,
        ),
        say(
            "noor", 26,
            """
            Rotterdam water here, so I know that rim well. Two things that helped me:

            1. Empty the kettle in the evening instead of leaving a puddle in it.
            2. Wipe the inside with a soft cloth while it is still warm.

            Since then I descale half as often.
            """,
            up=5,
        ),
        say("oskar", 30, "A steel sponge takes it off in ten seconds.",
            say("henrik", 1, "And the coating with it. Please do not. I have two such kettles on the bench, both beyond"
                " repair.", say("oskar", 3, "Noted. Sorry, kettle.")),
            down=("sofia", "jun", "henrik")),
        up=12, views=311, product="FK-GN-09",
    ),
    ask(
        "kettles", "tadeusz", 0.62, "Flow stutters below 90 °C after the firmware update", "firmware gooseneck",
        """
        Since 2.4.1 the pour comes in little pulses as soon as the water is under 90 °C. Above that it is smooth.
        I can hear the pump switching, about three times a second.

        - Fern gooseneck, last year's model
        - firmware 2.4.1, installed yesterday
        - descaled last week, so it is not that
        """,
        say(
            "sofia", 0.8,
            """
            Hold the **power key for eight seconds** with the kettle empty and on its base. That makes the pump learn
            its idle speed again; the update seems to forget it. Presets are kept, only the beep comes back
            (hold − and + to turn it off).
            """,
            say("tadeusz", 1.5, "That was it. Smooth as before. Thank you, Sofia.",
                say("sofia", 0.4, "Good! Would you tell @nele which version you came from? They collect these.")),
            up=8, accepted=True,
        ),
        say("jun", 2.2, "Same on mine, coming from 2.3.8. Worth knowing that it only happens when the kettle was *on*"
            " while it updated.", up=4),
        up=5, views=64, product="FK-GN-09",
    ),
    ask(
        "kettles", "rosa", 0.12, "Is the base plate of the 2023 and the 2024 model the same?", "compatibility base",
        """
        My brother gave me his old gooseneck (2023) but the base plate stayed in his old flat. A friend has a spare one
        from the 2024 model. Before I cross the city for it: do they fit?
        """,
        views=14,
    ),
    ask(
        "kettles", "luis", 148, "Kettle clicks off before it boils", "gooseneck sensor",
        """
        It stops somewhere around 93 °C and shows *ready*, although I set 100. I measured it with a kitchen
        thermometer. Altitude is no excuse, I live 40 m above the sea.
        """,
        say(
            "sofia", 3,
            """
            Scale on the sensor, most likely. It is the little steel dome at the bottom. With a crust on it, it feels
            the hot floor rather than the water and switches off early.

            Descale once, then test:

            | reading | meaning |
            | --- | --- |
            | stops at 99–100 °C | it was the scale |
            | stops at the same 93 °C | the sensor drifted, write to the shop |
            | stops anywhere | loose cable, do not use it |
            """,
            say("luis", 22, "First row of your table. 100 °C on the dot now."),
            up=11, accepted=True,
        ),
        say("tadeusz", 30, "If the click comes with a *double* tick, it is the lid switch. Mine did that until I dried"
            " the contact under the lid.", up=5),
        up=6, views=203, product="FK-GN-09",
    ),
    ask(
        "kettles", "priya", 120, "May water stay in the kettle over night?", "habits steel",
        "My mother says never, my flatmate says it is steel, what should happen. Who wins?",
        say(
            "sofia", 2,
            """
            Your mother, by a little. Nothing dangerous happens: it is food-grade steel. But

            - the water loses its air and tastes flat,
            - every warm night leaves a ring of lime,
            - and the seal at the spout ages faster when it is always wet.

            Pour it over the plants in the evening and everyone is happy.
            """,
            up=10, accepted=True,
        ),
        say("mara", 6, "I fill it at night because at four in the morning I cannot find the tap. It is fine. I"
            " descale a"
            " bit more often, that is the price.", up=6),
        up=1, views=141,
    ),
    ask(
        "kettles", "hanna", 52, "Handle of the stovetop kettle gets hot on gas", "stovetop gas",
        "On the smallest burner the handle is fine, on the middle one I need a cloth. Is that how it is, or is mine"
        " put together wrong?",
        say(
            "mara", 4,
            """
            The flame is wider than the floor of the kettle: it licks up the side and heats the bracket. Use the small
            burner, or turn the middle one down until you see no blue beyond the edge.

            It boils only about a minute later. I timed it: 6:10 against 5:05 for 0.8 l.
            """,
            up=8, accepted=True,
        ),
        say("piet", 20, "Mara is right. And check that the two washers under the handle are there (they look like"
            " cardboard but are ceramic fiber). If one is missing, write to us and we send it.", up=6),
        up=1, views=96, product="FK-ST-12",
    ),
    talk(
        "kettles", "kaya", 44, "Which temperature do you keep it at all day?", "habits hold",
        "I discovered the *hold* key and now my kettle sits at 70 °C from breakfast on. What do you hold, and do you"
        " think about the electricity?",
        say("yuki", 2, "70 as well, for sencha. I hold for 30 minutes at most.", up=3),
        say(
            "tadeusz", 5,
            """
            I measured it with a plug meter:

            | hold at | per hour |
            | ---: | ---: |
            | 60 °C | 19 Wh |
            | 80 °C | 34 Wh |
            | 95 °C | 52 Wh |

            Boiling half a liter anew costs about 50 Wh. So beyond one hour, switch it off.
            """,
            say("kaya", 1, "This is why I like it here. Switching it off.",
                say("sofia", 3, "And put the lid on. Without it those numbers double.")),
            up=9,
        ),
        up=6, views=154,
    ),
    ask(
        "kettles", "noor", 90, "White flakes in the first boil of the morning", "limescale hard-water",
        "They sink when I wait a minute. Filtered water, new kettle. Are they dangerous, and where do they come from?",
        say(
            "sofia", 1.5,
            """
            Calcium carbonate, the same as chalk. Harmless. A filter jug takes out *some* of it; what is left falls out
            when the water is heated, and comes loose with the next heating.

            > Filtered water

            How old is the cartridge? At 20 °dH a cartridge is used up after three weeks, not after the four on the
            box.[^1]

            [^1]: The box assumes 12–14 °dH and two liters a day.
            """,
            say("noor", 10, "Seven weeks. I am embarrassed. New one is in, no flakes.",
                say("greta", 40, "Do not be, I just went to look at mine. *Nine.*")),
            up=9, accepted=True,
        ),
        up=5, views=130,
    ),
    talk(
        "repair-bench", "mara", 63, "Wish: sell the lid knob as a spare part", "spare-parts lid",
        """
        It is one knob and one screw. At the moment the only way to get it is a whole lid. Who else has a kettle with
        a wine cork on top?
        """,
        say("oskar", 1, "Cork here. Champagne, to be precise.", up=4),
        say("kaya", 4, "A wooden drawer knob from the hardware store, M4. Looks better than the original, honestly.",
            say("henrik", 2, "M4 x 12, and put a fiber washer under it or the wood splits within a month."), up=5),
        say(
            "nele", 26,
            "Fair point. I asked the workshop: knob, screw and washer will be a spare part of their own from the next"
            " delivery on. I will write here when they are in.",
            say("mara", 1, "That was quick. Thank you!"),
            say("nele", 24 * 31, "They are in. Search the shop for *lid knob set*.",
                say("oskar", 5, "The champagne cork retires with honors.")),
            up=10,
        ),
        up=14, views=266,
    ),
    ask(
        "repair-bench", "oskar", 109, "Lid knob turns and turns and never gets tight", "lid screw",
        "Kettle lid, first series. I can turn the knob forever. Glue?",
        say(
            "henrik", 5,
            """
            No glue, steam will have it off within a week. The thread in the knob is worn, the screw is fine.

            1. Take the screw out from below.
            2. Wrap **two turns of plumber's tape** clockwise around it.
            3. Put a spring washer under the head, screw it in, stop when it grips.
            """,
            say("oskar", 20, "Tight as a drum. You were right about the glue, I had tried it already."),
            up=7, accepted=True,
        ),
        up=1, views=88,
    ),
    ask(
        "repair-bench", "ines", 38, "Base does not light up after a spill", "base electronics",
        """
        I knocked a cup over the base. It was off and unplugged within seconds. Two days on the radiator, still dark.
        Is it dead?
        """,
        say(
            "sofia", 2,
            """
            Probably not. Sugar or milk in that cup? Then it has dried into a film that keeps the key from closing.

            - [ ] unplug it (you did)
            - [ ] distilled water on a cloth, wipe around the ring contact
            - [ ] a cotton swab under the edge of the power key
            - [ ] two more days, upright, *not* on the radiator

            If it stays dark, the fuse in the base is next, and that is for the workshop: it is behind mains voltage.
            """,
            say("ines", 70, "It was the film under the key (oat milk). It lives!",
                say("piet", 12, "Good. For everyone who reads this later: please do leave the fuse to us. It costs you"
                    " postage only.")),
            up=9, accepted=True,
            first="Probably not. Wipe the contacts with distilled water and let it dry for two more days.",
        ),
        say("henrik", 9, "Do not use compressed air, it drives the wet further in.", up=4),
        up=1, views=102,
    ),
    ask(
        "repair-bench", "tadeusz", 205, "Which gasket for a three-cup moka pot?", "gasket moka",
        "It leaks at the middle when it gets going. The old gasket is hard as wood and has no number on it.",
        say(
            "henrik", 3,
            "Measure the *inside* diameter of the upper half where the gasket sits. For three cups that is nearly"
                " always"
            " 53 mm outside, 42 mm inside. Silicone lasts longer than rubber. Change the little filter plate with it.",
            say("tadeusz", 48, "53/42, exactly. No leaks."),
            up=6, accepted=True,
        ),
        up=3, views=171,
    ),
    ask(
        "repair-bench", "kaya", 26, "Can I put a longer cord on the base?", "cord electronics",
        "70 cm is short when your only socket is behind the fridge. I can solder.",
        say(
            "piet", 4,
            """
            Please do not lengthen it yourself: the cord is short on purpose (a kettle that is pulled down is the most
            common accident we hear of), and the strain relief is molded.

            What you can do: we fit a **1.2 m cord** in the workshop, tested, for the price of the cord. Write to Nele
            with the number under the base.
            """,
            say("kaya", 6, "Did that. Thank you, also for saying why."),
            up=7, accepted=True,
        ),
        say("tom", 9, "Just use an extension lead?",
            say("kaya", 1, "There is one. It is in use. By the fridge and by my whole life."), up=2),
        up=2, views=77,
    ),
    ask(
        "repair-bench", "tom", 5.4, "Thermometer in the kettle shows three degrees less than mine",
        "sensor temperature",
        """
        Boiling water: the kettle says 97, my probe says 100. At 60 it is only one degree off. Can the kettle be
        adjusted, or do I live with a little table on the wall?
        """,
        up=3, views=39,
    ),
    talk(
        "repair-bench", "henrik", 71, "Repair log: a stovetop kettle from 1987", "repair-log stovetop",
        """
        Found on the pavement, whistle dead, floor black. I will keep a log, perhaps it helps somebody.

        - [x] boil out with citric acid, three times
        - [x] new rivet for the handle (4 mm, copper)
        - [x] straighten the spout
        - [ ] find a whistle that fits
        - [ ] polish, if I am ever bored

        Cost so far: **1.80** for the rivets.
        """,
        say("mara", 6, "That floor! What did you use on the black?",
            say("henrik", 3, "Baking soda paste over night, then a wooden spatula. Patience does the rest.",
                say("mara", 10, "Trying this on my roasting tin today.",
                    say("henrik", 20, "Tell us.",
                        say("mara", 30, "It is silver. I did not know it was silver.",
                            say("henrik", 2, "They always are, underneath.")))))),
        say("ines", 30, "I would buy a drawing of that kettle. In fact I will make one.", up=4),
        up=11, views=190,
    ),
)
