"""Bills: acts of an invented legislature, with short title, findings, definitions, programs and amendments."""
from writer import spelled

BANKS = {
    "topic": ["Rural Broadband", "Clean Water", "School Meals", "Bridge Repair", "Small Business Lending",
        "Veterans Housing", "Wildfire Prevention", "Coastal Restoration", "Public Library", "Crop Insurance",
        "Rail Safety", "Teacher Training", "Community Health Center", "Energy Storage", "Apprenticeship",
        "Flood Control", "Lead Pipe Replacement", "Child Care Access", "Medical Device", "Nurse Education",
        "Soil Health", "Airport Noise", "Consumer Privacy", "Park Trails", "Tribal Roads", "Emergency Alert",
        "Food Labeling", "Student Loan", "Port Security", "Honey Bee"],
    "noun": ["Improvement", "Modernization", "Fairness", "Protection", "Reform", "Relief", "Accountability",
        "Expansion", "Transparency", "Assistance"], "act": ["$topic1 $noun1 Act", "$topic1 $noun1 Act of $year1",
            "$topic1 and $topic $noun1 Act"],
    "old": ["$topic $noun Act", "$topic $noun Act of $past"], "year": lambda w: w.number(2019, 2033),
    "past": lambda w: w.number(1934, 2014), "fiscal": lambda w: w.number(2020, 2034),
    "officer": ["Secretary", "Administrator", "Commissioner", "Director", "Comptroller General", "Attorney General",
        "Postmaster General"],
    "agency": ["Department of Agriculture", "Department of Transportation", "Department of Education",
        "Department of Energy", "Department of Labor", "Environmental Protection Agency",
        "Small Business Administration", "Department of the Interior"],
    "money": lambda w: f"${w.number(1, 95) * w.pick([100000, 1000000, 5000000]):,}",
    "percent": lambda w: f"{w.pick([5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80])} percent",
    "days": lambda w: f"{w.pick([30, 45, 60, 90, 120, 180, 270])} days",
    "years": lambda w: f"{spelled(w.number(2, 10))} years",
    "title": lambda w: f"title {w.number(2, 49)}, United States Code",
    "code": lambda w: f"({w.number(5, 49)} U.S.C. {w.number(101, 9800)})", "sec": lambda w: f"{w.number(100, 4800)}",
    "letter": list("abcdef"), "eligible": ["State", "unit of local government", "Indian tribe",
        "nonprofit organization", "institution of higher education", "public library", "rural hospital",
        "school district", "small business concern", "port authority"],
    "purpose": ["to construct or repair facilities", "to train personnel", "to purchase equipment",
        "to collect and publish data", "to provide technical assistance", "to reduce the cost of insurance",
        "to carry out demonstration projects",
        "to improve access in rural areas", "to replace outdated systems", "to conduct research"],
    "finding": ["access to safe drinking water is essential to public health",
        "rural communities lack adequate services", "the cost of compliance has risen by $percent since $past",
        "more than $percent of counties have no such program",
        "small employers create most new jobs", "delays have cost taxpayers more than $money",
        "early investment reduces later expense", "the current law does not provide for review",
        "States are best placed to administer such programs", "consumers are entitled to clear information"],
    "term": ["eligible entity", "covered program", "qualified project", "rural area", "covered person", "local agency"],
    "committee": ["the appropriate committees of Congress", "the Committee on Agriculture", "the Committee on Commerce",
        "Congress"],
}


def title_section(w):
    return w.pick(["This Act may be cited as the ``$act1''.", "This Act may be cited as the \"$act1\"."])


def findings(w):
    items = w.some(BANKS["finding"], w.number(2, 4))
    ends = [";"] * (len(items) - 2) + ["; and", "."]
    lines = [f"            ({i + 1}) {item}{end}" for i, (item, end) in enumerate(zip(items, ends))]
    return "Congress finds that--\n" + "\n".join(lines)


def definitions(w):
    return ("In this Act:\n            (1) $Term1.--The term \"$term1\" means a $eligible or a $eligible.\n"
        "            (2) $Officer1.--The term \"$officer1\" means the $officer1 of the $agency1.")


def grants(w):
    parts = ["    (a) In General.--The $officer1 shall establish a program under which grants are made to each "
        "$eligible1 $purpose.",
        "Application.--To receive a grant, a $eligible1 shall submit an application at such time and in such "
        "manner as the $officer1 may require.", "Amount.--No grant under this section may exceed $money.",
        "Matching.--The Federal share of the cost of a project shall not exceed $percent.",
        "Priority.--The $officer1 shall give priority to projects $purpose or $purpose.",
        "Use of Funds.--A grant may be used $purpose or $purpose."]
    extra = w.some(parts[1:], w.number(1, 3))
    return "\n".join([parts[0]] + [f"    ({'bcde'[i]}) {part}" for i, part in enumerate(extra)]).lstrip()


def appropriations(w):
    return w.pick(["There are authorized to be appropriated to carry out this Act $money for each of fiscal years "
        "$fiscal through 2036.",
        "There is authorized to be appropriated to the $officer1 $money for fiscal year $fiscal, to remain available "
        "until expended.", "Of the amounts made available under this Act, not more than $percent may be used for "
        "administration."])


def report(w):
    return w.pick(["Not later than $days after the date of enactment of this Act, the $officer1 shall submit to "
        "$committee a report on the activities carried out $purpose.",
        "Not later than $years after the date of enactment of this Act, and annually thereafter, the "
        "Comptroller General shall submit to $committee a report that--\n            (1) describes the use "
        "of funds; and\n            (2) makes recommendations $purpose."])


def amendment(w):
    return w.pick(["Section $sec of the $old $code is amended by striking \"$percent\" and inserting \"$percent\".",
        "Section $sec($letter) of $title, is amended by striking ``$years'' and inserting ``$years''.",
        "Section $sec of the $old $code is amended--\n            (1) in subsection ($letter), by striking "
        "\"$money\" and inserting \"$money\"; and\n            (2) by adding at the end the following: "
        "\"The $officer1 may waive this subsection $purpose.\".",
        "Chapter $sec of $title, is amended by inserting after section $sec the following new section."])


def date(w):
    return w.pick(["The amendments made by this Act shall take effect $days after the date of enactment of this Act.",
        "This Act shall apply to taxable years beginning after December 31, $fiscal.",
        "This Act shall cease to have effect on the date that is $years after its enactment."])


def study(w):
    return ("The $officer1, in consultation with the heads of the $agency and the $agency, shall conduct a study "
        "$purpose and shall make the results public.")


def rule(w):
    return w.pick(["    (a) Prohibition.--No person may operate a facility after December 31, $fiscal, unless the "
        "$officer1 has issued a permit.\n    (b) Penalty.--Whoever violates subsection (a) shall be subject to a "
        "civil penalty of not more than $money.",
        "The $officer1 shall prescribe such regulations as are necessary to carry out this Act not later "
        "than $days after its enactment.",
        "Nothing in this Act shall be construed to limit the authority of a State $purpose."]).lstrip()


SECTIONS = [("FINDINGS", findings), ("DEFINITIONS", definitions), ("GRANTS", grants), ("PROGRAM ESTABLISHED", grants),
    ("AUTHORIZATION OF APPROPRIATIONS", appropriations), ("REPORT TO CONGRESS", report), ("AMENDMENT", amendment),
    ("EFFECTIVE DATE", date), ("STUDY", study), ("RULES", rule), ("TECHNICAL AMENDMENT", amendment)]


def write(w, length):
    parts = ["SECTION 1. SHORT TITLE.\n\n    " + title_section(w)] if w.chance(0.75) else []
    n = 2 if parts else w.number(3, 12)
    for name, section in w.some(SECTIONS, len(SECTIONS)):
        if sum(map(len, parts)) >= length:
            break
        parts.append(f"SEC. {n}. {name}.\n\n    {section(w)}")
        n += 1
    return w.fill("\n\n".join(parts), BANKS)
