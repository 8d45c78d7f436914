"""Ideas of the demo community, with what became of them, and the threads of its sub-board."""

from forum.integrations.demo.scenes import Becomes, Topic, ask, say, talk, wish

TOPICS: tuple[Topic, ...] = (
    wish(
        "kettles", "hanna", 62, "Lines inside the gooseneck for one, two and three cups", "gooseneck design",
        """
        The window on the side fogs up as soon as the water is warm, and then I guess. Three small lines *inside*, where
        I look anyway while I fill it, would be enough. No numbers needed.
        """,
        say("jun", 6, "I scratched mine with a needle. Lines from the workshop would be straighter.", up=6),
        say("noor", 30, "Please engraved, not printed. Print does not survive the first descaling.", up=4),
        becomes=(
            Becomes("under_review", 58),
            Becomes("planned", 45, "Engraved, as Noor says. We are having a tool made.", "the next batch"),
            Becomes("done", 9, "Every gooseneck that leaves the shop from this week on has three lines inside."),
        ),
        up=14, views=206,
    ),
    wish(
        "repair-bench", "ines", 33, "Sell the little parts of the gasket kit one by one", "gaskets spare-parts",
        """
        I needed one ring and bought a bag of nine. The other eight live in a jam jar now. Could the two that wear out
        first be had alone? I would pay a little more for each.
        """,
        say(
            "henrik", 4, "The lid ring and the vent ring, those are the two. All others outlive the kettle.",
            say("ines", 2, "Then I have seven rings for the next world."), up=5,
        ),
        becomes=(
            Becomes("under_review", 30),
            Becomes("planned", 12, "The lid ring and the vent ring first; the others follow if somebody asks.",
                    "the end of the year"),
        ),
        up=9, views=118,
    ),
    wish(
        "pour-over", "greta", 11, "A stand that keeps paper filters dry beside the kettle", "filters design",
        """
        My filters stand next to the steam and curl. A box would do, but then I never see how many are left. A narrow
        stand with a lid, in the same steel as the kettle?
        """,
        say("yuki", 9, "With a mark for the last ten, please. I always notice on Sunday evening.", up=3),
        say("elias", 20, "Wide enough for the flat ones too."),
        becomes=(Becomes("under_review", 7, "We have put three on the table and are arguing about the lid."),),
        up=6, views=74,
    ),
    ask(
        "milk", "tom", 21, "Why does my foam fall apart before I have poured it?", "steaming beginners",
        """
        It looks like a cloud in the jug and like soap in the cup. Fresh milk, cold jug, and I count to ten with the
        tip under the surface.
        """,
        say(
            "amara", 3,
            """
            Ten is too long. **Let air in for two or three seconds only**, while the jug is still cold to the hand. Then
            sink the tip a finger deeper, tilt the jug until the milk turns, and stop when you can just hold it.

            What you have is a lot of large bubbles. They look good and do not last.
            """,
            say("tom", 26, "Two seconds. It is paint now. White, shiny paint."),
            up=9, accepted=True,
        ),
        say("fatima", 8, "And knock the jug on the table once before you pour. Once, the neighbors.", up=3),
        up=5, views=92,
    ),
    talk(
        "milk", "fatima", 14, "Oat milk that does not split in a dark roast", "oat-milk",
        """
        Three brands, three little landscapes in my cortado. I have been told it is the acid in the coffee, and that
        the word to look for on the carton is *barista*. Which ones hold for you?
        """,
        say("sofia", 5, "It is the acid. Warm the milk less, 55 °C, and pour sooner after brewing.", up=5),
        say("priya", 11, "In chai none of them splits. I only say this."),
        up=4, views=61,
    ),
)
