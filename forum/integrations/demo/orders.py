"""What the people of the demo community bought at the demo shop."""

from forum.integrations.demo.scenes import Order

SHOP = "demo-shop"  # the connection they came over

ARTICLES: dict[str, str] = {
    "FK-GN-09": "Fern gooseneck 0.9 l",
    "FK-ST-12": "Fern stovetop kettle 1.2 l",
    "FK-DR-FB": "Bracken flat dripper",
    "FK-DR-CN": "Bracken cone dripper",
    "FK-FL-100": "Flat filters, 100 pieces",
    "FK-GR-MO": "Moss hand grinder",
    "FK-SC-01": "Heron scale",
    "FK-TP-06": "Glass teapot 0.6 l",
    "FK-CA-250": "Citric acid, food grade, 250 g",
    "FK-GS-KIT": "Gasket kit for kettles",
    "FK-BE-250": "House beans, 250 g",
}

# Where each is talked about, as the manager has arranged it; filters and beans are in too many hands to say anything.
PLACES: dict[str, str] = {
    "FK-GN-09": "kettles",
    "FK-ST-12": "kettles",
    "FK-DR-FB": "pour-over",
    "FK-DR-CN": "pour-over",
    "FK-GR-MO": "grinders",
    "FK-SC-01": "pour-over",
    "FK-TP-06": "tea",
    "FK-GS-KIT": "repair-bench",
}
NOT_OFFERED = ("FK-FL-100", "FK-BE-250")

ORDERS: tuple[Order, ...] = (
    Order("sofia", 418, ("FK-GN-09", "FK-DR-CN")),
    Order("sofia", 330, ("FK-GR-MO",)),
    Order("sofia", 121, ("FK-DR-FB", "FK-FL-100")),
    Order("sofia", 34, ("FK-FL-100", "FK-BE-250")),
    Order("jun", 409, ("FK-GN-09",)),
    Order("jun", 262, ("FK-SC-01", "FK-CA-250")),
    Order("jun", 58, ("FK-DR-FB",)),
    Order("mara", 397, ("FK-ST-12", "FK-BE-250")),
    Order("mara", 301, ("FK-BE-250",)),
    Order("mara", 240, ("FK-BE-250", "FK-CA-250")),
    Order("mara", 151, ("FK-BE-250",)),
    Order("mara", 77, ("FK-DR-FB", "FK-FL-100", "FK-BE-250")),
    Order("mara", 19, ("FK-BE-250",)),
    Order("tadeusz", 300, ("FK-GN-09",)),
    Order("tadeusz", 96, ("FK-TP-06",), refunded=True),
    Order("henrik", 350, ("FK-GS-KIT",)),
    Order("henrik", 144, ("FK-GS-KIT",)),
    Order("kaya", 279, ("FK-DR-CN",)),
    Order("kaya", 103, ("FK-BE-250",)),
    Order("xiaolin", 221, ("FK-GN-09", "FK-DR-CN")),
    Order("xiaolin", 87, ("FK-TP-06",)),
    Order("amara", 230, ("FK-BE-250",)),
    Order("amara", 45, ("FK-GR-MO",)),
    Order("luis", 189, ("FK-GN-09",)),
    Order("yuki", 206, ("FK-GR-MO", "FK-TP-06")),
    Order("yuki", 90, ("FK-SC-01",)),
    Order("yuki", 31, ("FK-BE-250",)),
    Order("priya", 175, ("FK-ST-12",)),
    Order("oskar", 167, ("FK-SC-01",)),
    Order("greta", 130, ("FK-DR-FB", "FK-FL-100")),
    Order("noor", 95, ("FK-GN-09", "FK-CA-250")),
    Order("ines", 79, ("FK-DR-FB",)),
    Order("hanna", 65, ("FK-GR-MO", "FK-ST-12")),
    Order("ebba", 14, ("FK-GN-09",)),
)
