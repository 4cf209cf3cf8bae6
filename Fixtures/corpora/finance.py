"""Finance: news of invented companies, markets and central banks. What happened and why agree in direction."""
from names import DAYS, MONTHS, family, firm, place

BANKS = {
    "firm": firm, "other": firm, "third": firm, "person": family, "place": place, "day": DAYS, "month": MONTHS,
    "pct": lambda w: w.pick([f"{w.number(1, 19)}", f"{w.number(0, 14)}.{w.number(1, 9)}"]),
    "rate": lambda w: f"{w.number(0, 6)}.{w.pick(['25', '50', '75', '00'])}",
    "points": lambda w: w.pick([5, 10, 15, 20, 25, 40, 50, 75]),
    "million": lambda w: f"{w.number(12, 990)} million",
    "billion": lambda w: f"{w.number(1, 48)}.{w.number(0, 9)} billion",
    "amount": ["$million", "$million", "$billion"], "eps": lambda w: f"{w.number(0, 6)}.{w.number(10, 99)}",
    "jobs": lambda w: f"{w.number(2, 98) * 100:,}", "index": lambda w: f"{w.number(40, 320) * 100 + w.number(0, 99):,}",
    "quarter": ["first", "second", "third", "fourth"], "year": lambda w: w.number(2016, 2034),
    "barrel": lambda w: f"{w.number(38, 112)}.{w.number(10, 99)}",
    "role": ["chief executive", "chief financial officer", "chairman", "finance director"],
    "market": ["stock market", "main index", "bond market", "blue-chip index", "technology index", "small-cap index"],
    "commodity": ["crude oil", "copper", "wheat", "natural gas", "gold", "aluminium", "coffee", "cotton", "nickel",
        "soybeans"],
    "currency": ["dollar", "euro", "pound", "yen", "franc", "krone"],
    "analysts": ["analysts", "investors", "traders", "economists"],
    "sector": ["banks", "carmakers", "retailers", "airlines", "miners", "drug makers", "chip makers", "utilities",
        "insurers"],
    "firm_up": ["$firm1 beats forecasts as $good", "$firm1 raises outlook after $good", "$firm1 shares jump on $good",
        "$firm1 profit climbs $pct percent"],
    "firm_down": ["$firm1 cuts outlook after $bad", "$firm1 shares slide on $bad",
        "$firm1 misses forecasts as $bad weighs", "$firm1 profit falls $pct percent"],
    "good": ["strong demand in $place1", "lower costs", "record orders", "higher prices", "a weaker $currency1",
        "growth abroad", "a new supply contract", "cheaper fuel"],
    "bad": ["weak demand in $place1", "higher wages", "a product recall", "falling prices", "a stronger $currency1",
        "a strike at its $place1 plant", "rising fuel costs", "supply delays"],
}
UP = [
    "$firm1 said on $day1 that revenue for the $quarter1 quarter rose $pct percent to $$$amount.",
    "Net income climbed to $$$million, or $$$eps a share, from $$$million a year earlier.",
    "The company pointed to $good and $good.",
    "Operating margin widened to $pct percent.", "It now expects full-year earnings of $$$eps to $$$eps a share.",
    "Shares of $firm1 gained $pct percent in early trading.",
    "The board raised the quarterly dividend by $pct percent.",
    "$Role1 $person1 said that orders in $month1 were the strongest in years.",
    "Analysts had expected revenue of $$$amount.", "The group will buy back $$$amount of its own shares.",
    "It plans to hire $jobs people and to open a plant in $place2.", "$person1 said the gains came from $good.",
]
DOWN = [
    "$firm1 said on $day1 that revenue for the $quarter1 quarter fell $pct percent to $$$amount.",
    "It posted a net loss of $$$million, compared with a profit of $$$million a year earlier.",
    "The company blamed $bad and $bad.",
    "Operating margin shrank to $pct percent.", "It now expects full-year earnings of no more than $$$eps a share.",
    "Shares of $firm1 lost $pct percent, their worst day since $month1.", "The board suspended the dividend.",
    "$Role1 $person1 said that the market in $place1 would stay difficult.",
    "Analysts had expected revenue of $$$amount.",
    "The group will cut $jobs jobs and close its site in $place2.", "Its debt was downgraded to junk after $bad.",
    "$person1 warned of $bad in the months ahead.",
]
DEAL = [
    "$firm1 agreed to buy $other1 for $$$billion1 in cash and stock.",
    "The offer values $other1 at $$$eps a share, a premium of $pct percent to its close on $day1.",
    "The deal needs the approval of regulators and is expected to close in the $quarter1 quarter of $year1.",
    "$firm1 expects savings of $$$million a year.",
    "Shares of $other1 rose $pct percent, while those of $firm1 fell $pct percent.",
    "$Role1 $person1 will lead the combined company.",
    "A rival bid by $third1 had failed in $month1.", "The two have $jobs employees and overlap in $place1.",
    "Bankers said $third1 might return with a higher offer.",
    "$firm1 will finance the purchase with $$$billion of new debt.",
]
RATES_UP = [
    "The central bank raised its benchmark rate by $points basis points to $rate percent on $day1.",
    "Governor $person1 said inflation of $pct percent was still too high.",
    "Bond prices fell, and the yield on the two-year note rose $points basis points to $rate percent.",
    "The $currency1 strengthened by $pct percent.",
    "$Analysts expect another increase in $month1.", "Shares of $sector fell on fears of slower lending.",
    "Mortgage rates reached $rate percent, the highest since $year1.",
    "Two members of the board voted for a larger step.",
]
RATES_DOWN = [
    "The central bank cut its benchmark rate by $points basis points to $rate percent on $day1.",
    "Governor $person1 said inflation had slowed to $pct percent.",
    "Bond prices rose, and the yield on the ten-year note fell $points basis points to $rate percent.",
    "The $currency1 weakened by $pct percent.",
    "$Analysts expect another cut in $month1.", "Shares of $sector gained on hopes of cheaper credit.",
    "Unemployment rose to $pct percent, which gave the board room to act.",
    "Two members of the board voted to leave rates unchanged.",
]
MARKET_UP = [
    "The $market1 closed $pct percent higher at $index on $day1, led by $sector and $sector.",
    "$firm1 gained $pct percent after $good.", "$Commodity rose $pct percent to $$$barrel.", "$Analysts cited $good.",
    "Trading volume was above its average of the past month.", "The $currency1 was little changed.",
    "It was the fifth gain in six sessions.", "$other1 was the best performer, up $pct percent.",
]
MARKET_DOWN = [
    "The $market1 closed $pct percent lower at $index on $day1, dragged down by $sector and $sector.",
    "$firm1 lost $pct percent after $bad.", "$Commodity fell $pct percent to $$$barrel.", "$Analysts cited $bad.",
    "Trading volume was below its average of the past month.", "Investors moved into the $currency1 and gold.",
    "It was the third loss in four sessions.", "$other1 was the worst performer, down $pct percent.",
]
SHORT = ["$firm_up", "$firm_down", "$other to buy $third for $$$billion", "$Commodity falls on $bad",
    "$Commodity rises on $good", "$Market ends higher as $sector gain", "$Market ends lower as $sector drop",
    "$Currency slips against $currency", "$third names $person as $role"]


def write(w, length):
    if w.chance(0.15):  # a strip of headlines
        lines = []
        while sum(map(len, lines)) < length:
            lines.append(w.fill(w.pick(SHORT), BANKS))
            w.remembered.clear()
        return " ".join(lines) if w.chance(0.5) else "\n".join(lines)
    title, story = w.pick([
        ("$firm_up", UP), ("$firm_up", UP), ("$firm_down", DOWN), ("$firm_down", DOWN),
        ("$firm1 to buy $other1 for $$$billion1", DEAL),
        ("Central bank raises rates", RATES_UP), ("Central bank cuts rates", RATES_DOWN),
        ("$Market1 rises on $day1", MARKET_UP), ("$Market1 falls on $day1", MARKET_DOWN)])
    parts = [w.fill(title, BANKS) + "\n"] if w.chance(0.6) else []
    for sentence in [story[0]] + w.some(story[1:], len(story)):
        if sum(map(len, parts)) >= length:
            break
        parts.append(w.fill(sentence, BANKS))
    return " ".join(parts).replace("\n ", "\n")
