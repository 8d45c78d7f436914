"""The shelves and boards of the demo community."""

from forum.integrations.demo.scenes import Place

NAME = "Fern & Kettle"
TAGLINE = "Where people who boil water for a reason help each other."

CATEGORIES: tuple[tuple[str, str], ...] = (
    ("brewing", "At the stove"),
    ("care", "Care and repair"),
    ("table", "Around the table"),
    ("shop", "The shop"),
)

PLACES: tuple[Place, ...] = (
    Place("brewing", "kettles", "Kettles", 0, "cooking-pot",
          "Gooseneck, stovetop, whistling or silent: choosing one, using it, and what the buttons do."),
    Place("brewing", "pour-over", "Pour-over", 4, "coffee",
          "Drippers, filters, pours and patience. Recipes with numbers are welcome."),
    Place("brewing", "espresso", "Espresso", 1, "flame",
          "Machines, baskets, milk, and the shot that ran in nine seconds."),
    Place("brewing", "milk", "Milk and foam", 2, "coffee",
          "Steaming, pouring, cow or oat, and what to do with the rest of the jug.", above="espresso"),
    Place("brewing", "grinders", "Grinders", 6, "", "By hand or by motor: burrs, settings, static, cleaning."),
    Place("brewing", "tea", "Tea", 3, "leaf", "Leaves of all colors, and the water they like. 中文也欢迎。"),
    Place("care", "repair-bench", "Repair bench", 8, "wrench",
          "Something drips, sticks or stays dark? Show it here before you throw it away.", moderators=("henrik",)),
    Place("care", "water", "Water and descaling", 7, "droplets",
          "Hardness, filters, limescale, and recipes for brewing water."),
    Place("table", "beans", "Beans and roasts", 2, "sprout",
          "What is in your tin, how long it rested, and would you buy it again?"),
    Place("table", "recipes", "Recipes", 11, "book-open",
          "Tried by you, with amounts: iced, spiced, cold, baked."),
    Place("table", "off-the-stove", "Off the stove", 10, "smile",
          "Kitchens, corners, music, small talk. Everything that is not a question."),
    Place("shop", "announcements", "Announcements", 5, "megaphone",
          "News from the workshop: firmware, spare parts, evenings. We post, you reply.", start_rank="staff"),
    Place("shop", "upstairs", "The upstairs table", 9, "star",
          "For those who have helped a lot: early samples, and a say in what we build next. Branch and up.",
          see_rank="branch"),
)
