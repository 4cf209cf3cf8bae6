"""Names of people, companies and places, put together from syllables: none is meant to be a real one."""

GIVEN = ("Alira Benno Calis Dorim Elvane Farin Gesta Halvo Imra Joska Kelda Lorin Mirel Nadim Orla Pavo Quilla Ressa "
    "Sorin Talia Umber Vessa Wilko Xanti Yorun Zelma").split()
_FAMILY = ("Ald Bren Cor Dal Eck Fen Gar Hol Ist Jor Kel Lund Mar Nor Ost Pell Rav Sund Tor Ulm Ver Wend Yar "
    "Zan").split()
_FAMILY_ENDS = "berin dalen evik gast holt imar kamp lund mire nova oway stad tane veld".split()
_FIRM = ("Alto Bryn Cera Dova Elmo Fyra Gali Hexa Ivo Juno Kora Luma Mori Nexa Orbi Pera Qua Rova Sola Tera Vanta "
    "Xylo").split()
_FIRM_ENDS = "bex cast field hart kron lith mark nel port quell rune stell vale wen zon".split()
_TRADE = ("Foods Energy Motors Pharma Systems Bank Holdings Steel Airlines Retail Networks Chemicals Logistics "
    "Insurance Mining Textiles Media Semiconductors Paper").split()
_PLACE = "Ash Birch Cold Deer East Fair Glen High Iron Kings Long Maple North Oak Pine River Stone West Willow".split()
_PLACE_ENDS = "borough bridge brook dale field ford ham haven mouth port ridge ton view water wood".split()

MONTHS = ("January February March April May June July August September October November December").split()
DAYS = "Monday Tuesday Wednesday Thursday Friday".split()


def family(writer):
    return writer.pick(_FAMILY) + writer.pick(_FAMILY_ENDS)


def given(writer):
    return writer.pick(GIVEN)


def firm(writer):
    name = writer.pick(_FIRM) + writer.pick(_FIRM_ENDS)
    return f"{name} {writer.pick(_TRADE)}" if writer.chance(0.7) else name


def place(writer):
    return writer.pick(_PLACE) + writer.pick(_PLACE_ENDS)


def date(writer):
    return f"{writer.pick(MONTHS)} {writer.number(1, 28)}, {writer.number(2015, 2034)}"
