"""What was said in the chat of the demo community: room by room, oldest first."""

from forum.integrations.demo.scenes import Line

DAY = 24 * 60

LOBBY: tuple[Line, ...] = (
    Line("nele", 3 * DAY + 300, "The lid knob sets are packed, they go out today."),
    Line("oskar", 3 * DAY + 296, "The champagne cork says goodbye.", (("mara", "smile"), ("nele", "smile"))),
    Line("mara", 3 * DAY + 291, "Mine was from a Riesling. I will miss it."),
    Line("henrik", 3 * DAY + 270, "Keep the corks. They make good feet under a scale."),
    Line("oskar", 3 * DAY + 268, "Of course you have a use for it.", (("henrik", "smile"),)),
    Line("greta", 2 * DAY + 610, "Twelve days of rest and the Kenyan tastes of peach. Just saying it somewhere.",
         (("sofia", "agree"), ("yuki", "agree"))),
    Line("sofia", 2 * DAY + 604, "Write down the day, Greta. You will want to know next time."),
    Line("greta", 2 * DAY + 603, "Written on the cupboard, next to my height from when I was eight."),
    Line("yuki", 2 * DAY + 590, "A green book also works."),
    Line("tom", 2 * DAY + 120, "27 seconds. Again. Twice in a row!", (("amara", "agree"), ("sofia", "thanks"))),
    Line("amara", 2 * DAY + 117, "Do not touch the grinder now. Do not even look at it."),
    Line("tom", 2 * DAY + 116, "I am looking at the wall."),
    Line("ines", DAY + 700, "Is the workshop evening full already?"),
    Line("piet", DAY + 688, "Two places left. Reply in the thread and one is yours."),
    Line("ines", DAY + 686, "Done. I bring pencils."),
    Line("xiaolin", DAY + 420, "大家早。今天水流终于稳了。"),
    Line("jun", DAY + 415, "恭喜！一个星期都不到。", (("xiaolin", "thanks"),)),
    Line("wei", DAY + 400, "下次来台北，喝一杯给我看看。"),
    Line("fatima", DAY + 200, "Does anyone have a tea glass that survives twelve people?"),
    Line("priya", DAY + 194, "Steel cups. They dent, but they forgive."),
    Line("kaya", 190, "The longer cord is here. I can make coffee *and* keep the fridge on."),
    Line("piet", 184, "That is what we live for.", (("kaya", "smile"),)),
    Line("nele", 150, "Two new people today, with questions in #kettles and #water. Say hello if you have a minute."),
    Line("hanna", 141, "On it in a minute."),
    Line("jun", 58, "I will take the base plate question if nobody has both models on the table."),
    Line("mara", 52, "I only have the stovetop one. All yours.", answers=25),
    Line("sofia", 26, "Second cup. The world can go on now."),
    Line("nele", 22, "Sofia, your flat dripper goes out on Monday.", (("sofia", "thanks"),)),
)

KETTLES: tuple[Line, ...] = (
    Line("noor", 2 * DAY + 500, "Flakes again?"),
    Line("noor", 2 * DAY + 499, "No. It was porridge. Never mind."),
    Line("luis", 2 * DAY + 470, "I have to know how.", (("noor", "smile"), ("kaya", "smile"))),
    Line("ebba", DAY + 820, "Rim is gone! Citric acid, 60 °C, 20 minutes, exactly as Jun wrote."),
    Line("jun", DAY + 811, "Great. Put three weeks in your calendar, then you never see the rim again."),
    Line("ebba", DAY + 810, "Done. It says *kettle spa*.", (("jun", "smile"),)),
    Line("tadeusz", 840, "Since the update the flow stutters below 90 °C. Anyone else?"),
    Line("tadeusz", 839, "Kettle is last year's."),
    Line("sofia", 832, "Same here until I held the power key for eight seconds, that resets the pump.",
         (("tadeusz", "thanks"), ("ebba", "agree"))),
    Line("ebba", 830, "Does that lose the presets?"),
    Line("sofia", 829, "No. Only the beep comes back; hold − and + to turn it off."),
    Line("tadeusz", 815, "That was it. **Thank you, Sofia.**"),
    Line("jun", 760, "For the record: I updated with the kettle off, no stutter at all."),
    Line("nele", 700, "Noted, all of it. 2.4.2 will do the reset by itself.", (("tadeusz", "thanks"),)),
    Line("kaya", 130, "Is it normal that the base is warm after an hour of *hold*?"),
    Line("tadeusz", 124, "Warm yes, hot no. Mine has 34 °C underneath after an hour at 80."),
    Line("kaya", 122, "You measured it. Of course you did.", (("tadeusz", "smile"),)),
    Line("ebba", 34, "Question for tonight: gooseneck for mint tea, yes or overkill?"),
    Line("hanna", 31, "Overkill. Do it anyway.", (("ebba", "smile"),)),
    Line("ebba", 29, "That is all I wanted to hear."),
)

REPAIR: tuple[Line, ...] = (
    Line("oskar", 2 * DAY + 210, "My list for the workshop evening: scale, lid, moka pot, lamp."),
    Line("piet", 2 * DAY + 205, "The lamp is not ours."),
    Line("oskar", 2 * DAY + 204, "It drips, though."),
    Line("henrik", 2 * DAY + 199, "Bring it. Now I am curious.", (("oskar", "thanks"), ("piet", "smile"))),
    Line("ines", DAY + 330, "What is the little ring in the gasket kit for? I have one left over."),
    Line("henrik", DAY + 322, "Spare for the steam vent. Tape it inside the box, you will need it in two years."),
    Line("ines", DAY + 320, "Taped. With a drawing."),
    Line("henrik", 400, "Found a whistle for the 1987 kettle, at a flea market, 50 cents."),
    Line("mara", 392, "Does it whistle?"),
    Line("henrik", 390, "In F. @tadeusz will want to know.", (("tadeusz", "smile"), ("mara", "smile"))),
    Line("tadeusz", 372, "I do want to know. Recording, please."),
    Line("tom", 88, "Kettle shows 97 when it boils. Anything I can adjust, or is it the bench for me?"),
    Line("henrik", 80, "Descale first, then look again. If it stays at 97, bring it along on Thursday."),
    Line("tom", 77, "Will do. Thank you."),
)

ROOMS: dict[str, tuple[Line, ...]] = {"": LOBBY, "kettles": KETTLES, "repair-bench": REPAIR}
