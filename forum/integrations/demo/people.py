"""The people of the demo community."""

from forum.integrations.demo.scenes import Person

PEOPLE: tuple[Person, ...] = (
    Person(
        "nele", "Nele from the shop", 425, 0.82, 4,
        "I run **Fern & Kettle** with two colleagues and a very loud espresso machine. Ask me about orders, spare parts"
        " and why a thing is built the way it is. For brewing questions, the people here know more than I do.",
        "kettles, spare parts, people", ("announcements", "repair-bench", "kettles"), "admin",
    ),
    Person(
        "piet", "Piet W.", 424, 0.7, 6,
        "Workshop hand at the shop on weekdays, moderator here. If your post has moved, it was probably me, and there"
        " was a reason. Tell me if you think it was a bad one.",
        "repairs, gaskets, cargo bikes", ("repair-bench", "water", "espresso"), "moderator",
    ),
    Person(
        "sofia", "Sofia O.", 420, 0.71, 9,
        "Taught chemistry for thirty years, now I have time to brew properly. I like a question with numbers in it.\n\n"
        "- Fern gooseneck 0.9 l, the first series\n- Moss hand grinder\n- too many cups",
        "pour-over, water chemistry, grinders", ("pour-over", "grinders", "water", "kettles", "espresso"),
    ),
    Person(
        "jun", "Jun L.", 412, 0.55, 1,
        "Leiden, before that Chengdu. Software by day. Two kettles, one cup at a time. 中文也可以问我。",
        "pour-over, descaling, firmware", ("pour-over", "kettles", "water", "tea"),
    ),
    Person(
        "mara", "Mara R.", 398, 0.48, 8,
        "Baker. I get up at four, so my coffee has to work without me thinking. Recipes are my thing, and anything that"
        " can be fixed with a small screwdriver.",
        "recipes, iced coffee, repairs", ("recipes", "pour-over", "repair-bench", "kettles"),
    ),
    Person(
        "tadeusz", "Tadeusz", 301, 0.3, 5,
        "Sound engineer in Gdańsk. I notice every click and hum a kettle makes, sorry.",
        "kettles, firmware, music", ("kettles", "repair-bench", "off-the-stove"),
    ),
    Person(
        "henrik", "Henrik S.", 352, 0.27, 7,
        "Retired toolmaker. I look after the repair bench here. Send a photo with a ruler in it and I will tell you the"
        " thread size.",
        "repairs, old machines, gaskets", ("repair-bench", "grinders", "espresso"),
    ),
    Person(
        "kaya", "Kaya", 280, 0.24, 10,
        "11 square meters of kitchen, no, wait, that is the whole flat. Everything I own folds, stacks or hangs.",
        "small kitchens, espresso, photos", ("off-the-stove", "espresso", "kettles"),
    ),
    Person(
        "xiaolin", "小林", 224, 0.31, 3,
        "喝茶比喝咖啡早，学手冲比喝茶晚。I read English well and write it slowly.",
        "茶, 手冲, tea", ("tea", "pour-over"),
    ),
    Person(
        "amara", "Amara N.", 233, 0.26, 0,
        "Lever machine convert. Weekday nurse, weekend latte art with a success rate of about one in three.",
        "espresso, milk, grinders", ("espresso", "grinders", "water"),
    ),
    Person(
        "luis", "Luís F.", 190, 0.2, 2,
        "Porto. Learned coffee at my grandmother's counter and am slowly unlearning half of it.",
        "espresso, beans", ("espresso", "beans", "kettles"),
    ),
    Person(
        "yuki", "Yuki", 207, 0.22, 11,
        "Sencha in the morning, washed Ethiopians in the afternoon. I write everything down in a little green book.",
        "tea, recipes, grinders", ("tea", "grinders", "recipes", "beans"),
    ),
    Person(
        "priya", "Priya M.", 176, 0.18, 0, "Chai first. Then we can talk about everything else.",
        "chai, tea, beans", ("tea", "beans", "kettles"),
    ),
    Person("oskar", "Oskar", 168, 0.13, 6, "I break things and then ask how to fix them.", "repairs, scales",
           ("repair-bench", "pour-over")),
    Person("fatima", "Fatima Z.", 152, 0.17, 10, "Mint tea for twelve on Fridays, cortado for one on Mondays.",
           "tea, milk, cold brew", ("tea", "espresso", "milk", "recipes")),
    Person("tom", "Tom B.", 139, 0.15, 4, "New to espresso, old to being wrong about it.", "espresso, grinders",
           ("espresso", "milk", "grinders")),
    Person("greta", "Greta", 131, 0.14, 9, "Florist. Up early, cold hands, warm cup.", "pour-over, green tea",
           ("pour-over", "tea", "beans")),
    Person("wei", "阿伟", 118, 0.16, 5, "在台北开一间小小的茶室。", "茶, 水", ("tea", "pour-over")),
    Person("noor", "Noor", 97, 0.15, 7, "Hard water, soft heart. Rotterdam.", "water, kettles",
           ("water", "kettles", "grinders")),
    Person("elias", "Elias K.", 88, 0.13, 1, "Studying for exams on filter coffee and willpower.", "pour-over, tea",
           ("pour-over", "tea")),
    Person("ines", "Inês", 80, 0.15, 8, "Illustrator. My desk has more coffee rings than drawings.", "pour-over,"
        " repairs",
           ("pour-over", "repair-bench", "off-the-stove")),
    Person("hanna", "Hanna V.", 66, 0.14, 3, "Cabin without electricity, so everything is gas and by hand.",
           "stovetop, hand grinders", ("kettles", "grinders", "water")),
    Person("bram", "Bram", 41, 0.05, 2, "", "espresso", ("espresso",)),
    Person("ebba", "Ebba", 13, 0.5, 11, "Got the gooseneck for my birthday and am slowly finding out what it can do.",
           "kettles, tea", ("kettles", "tea", "recipes")),
    Person("callum", "Callum", 0.4, 0.0, 7, "", "kettles, water", ("water", "kettles")),
    Person("rosa", "Rosa", 0.13, 0.0, 0, "", "kettles", ("kettles",)),
)
