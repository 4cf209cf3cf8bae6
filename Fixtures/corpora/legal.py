"""Legal: clauses of contracts between two parties, who keep their names through a text."""
from names import firm, place
from writer import spelled

PAIRS = [("Supplier", "Customer"), ("Landlord", "Tenant"), ("Licensor", "Licensee"), ("Lender", "Borrower"),
    ("Employer", "Employee"),
    ("Company", "Consultant"), ("Seller", "Buyer"), ("Provider", "Subscriber"), ("Franchisor", "Franchisee"),
    ("Owner", "Contractor")]


def counted(numbers):
    def bank(w):
        n = w.pick(numbers)
        return f"{spelled(n)} ({n})"
    return bank


BANKS = {
    "days": counted([5, 7, 10, 14, 15, 20, 21, 30, 45, 60, 90, 120]), "months": counted([3, 6, 9, 12, 18, 24, 36]),
    "years": counted([1, 2, 3, 5, 7, 10]),
    "percent": lambda w: f"{spelled(n := w.pick([1, 2, 3, 5, 8, 10, 12, 15, 20, 25]))} percent ({n}%)",
    "sum": lambda w: f"${w.number(2, 95) * 1000:,}",
    "state": place, "firm": firm, "section": lambda w: f"{w.number(2, 19)}",
    "sub": lambda w: f"{w.number(2, 19)}.{w.number(1, 9)}",
    "schedule": ["Schedule A", "Schedule B", "Exhibit A", "Exhibit C", "Annex 1", "Annex 2"],
    "subject": ["goods", "services", "premises", "software", "equipment", "deliverables", "materials",
        "licensed works"],
    "notice": ["written notice", "prior written notice", "notice in writing", "reasonable notice"],
    "breach": ["a material breach", "a breach of this Agreement", "any default", "gross negligence",
        "wilful misconduct", "a failure to pay"],
    "loss": ["loss of profit", "loss of data", "loss of business", "indirect loss", "consequential damages",
        "claims of third parties", "costs and expenses", "damage to property"],
    "cause": ["fire", "flood", "war", "strikes", "epidemics", "acts of government", "failure of power", "embargoes",
        "storms", "shortage of materials"],
    "duty": ["maintain insurance of not less than $sum", "keep accurate records", "comply with all applicable laws",
        "pay all taxes when due", "give access to its premises",
        "return all confidential information", "obtain all necessary permits", "remedy any defect at its own cost",
        "keep the $subject1 in good repair"],
    "adverb": ["promptly", "in good faith", "at its own expense", "without undue delay", "at all times",
        "upon request"],
    "unless": ["unless otherwise agreed in writing", "except as provided in Section $sub",
        "subject to Section $section", "to the extent permitted by law", "notwithstanding Section $sub"],
    "law": ["the laws of the State of $state1", "the law of $state1"],
    "court": ["the courts of $state1", "arbitration in $state1 before three arbitrators",
        "the competent courts of $state1"],
}
CLAUSES = {
    "Term": ["This Agreement begins on the Effective Date and continues for a term of $months months.",
        "It shall renew for periods of $months months unless either party gives $notice at least $days days before the "
        "end of the term.",
        "The @B may extend the term once by $months months.", "Expiry shall not affect rights accrued before it."],
    "Termination": ["Either party may terminate this Agreement upon $days days' $notice if the other party commits "
        "$breach and fails to cure it.",
        "The @A may terminate at once if the @B becomes insolvent or makes an assignment for the benefit of creditors.",
        "Upon termination the @B shall $duty.",
        "Sections $section and $section shall survive termination of this Agreement.",
        "Termination is without prejudice to any claim for $loss."],
    "Payment": ["The @B shall pay the fees set out in $schedule within $days days of receipt of an invoice.",
        "Amounts not paid when due bear interest at $percent per annum.",
        "The @A may adjust the fees once a year by no more than $percent.",
        "The @B shall not set off or withhold any amount, $unless.",
        "All fees exclude taxes, which the @B shall bear."],
    "Confidentiality": ["Each party shall hold in confidence all information disclosed to it by the other party.",
        "The receiving party may disclose it only to employees and advisers who need to know it and are bound by "
        "similar "
        "obligations.", "These obligations do not apply to information that is or becomes public otherwise than by "
        "$breach.", "They continue for $years years after termination.",
        "Upon request the receiving party shall $duty."],
    "Liability": ["Neither party shall be liable for $loss or $loss, whether in contract or in tort.",
        "The total liability of the @A shall not exceed $sum in any year.",
        "Nothing in this Section limits liability for $breach.",
        "The @A shall not be liable for $loss caused by the @B.", "Any claim must be brought within $years years."],
    "Indemnity": ["The @B shall indemnify and hold harmless the @A from and against $loss arising out of $breach.",
        "The @A shall give the @B $notice of any such claim and shall allow the @B to conduct the defence.",
        "The @B shall not settle a claim without the consent of the @A.", "This indemnity shall not exceed $sum."],
    "Warranties": ["The @A warrants that the $subject1 shall be free from defects for $months months.",
        "The @A warrants that it has the right to enter into this Agreement.",
        "If the $subject1 do not conform, the @A shall replace them $adverb.",
        "Except as set out in this Section, all warranties are excluded $unless.",
        "The warranty does not cover damage caused by misuse by the @B."],
    "Assignment": ["The @B may not assign this Agreement without the prior written consent of the @A, which shall not "
        "be unreasonably withheld.",
        "The @A may assign this Agreement to an affiliate or to a successor of its business.",
        "Any assignment in breach of this Section is void.", "This Agreement binds the successors of the parties."],
    "Force majeure": ["Neither party shall be liable for a delay caused by $cause, $cause or any other event beyond "
        "its reasonable control.",
        "The party affected shall notify the other $adverb and shall resume performance as soon as it can.",
        "If the event lasts more than $days days, either party may terminate this Agreement by $notice."],
    "Governing law": ["This Agreement shall be governed by and construed in accordance with $law.",
        "Disputes shall be settled by $court.", "The parties waive any right to a trial by jury $unless.",
        "The prevailing party shall recover its reasonable costs."],
    "Definitions": ["In this Agreement, \"Affiliate\" means any entity that controls or is controlled by a party.",
        "\"Business Day\" means a day on which banks in $state1 are open.",
        "\"$Subject1\" means the $subject1 described in $schedule.",
        "\"Effective Date\" means the date on which the last party signs.",
        "\"Fees\" means the amounts set out in $schedule."],
    "Obligations": ["The @A shall deliver the $subject1 $adverb and in accordance with $schedule.",
        "The @B shall $duty and shall $duty.", "The @B shall not, $unless, sublet, resell or modify the $subject1.",
        "The @A shall $duty $adverb."],
    "Notices": ["Notices under this Agreement shall be in writing and shall be delivered by hand or by registered "
        "mail.", "A notice is deemed received $days days after it was posted.",
        "Either party may change its address by $days days' notice."],
    "Entire agreement": ["This Agreement constitutes the entire agreement between the parties and supersedes all "
        "prior agreements.", "No amendment is valid unless made in writing and signed by both parties.",
        "If a provision is held invalid, the others remain in force.",
        "No waiver of $breach is a waiver of a later one."],
}
PREAMBLES = ["This Agreement is made between $firm (the \"@A\") and $firm (the \"@B\").",
    "WHEREAS the @A wishes to provide, and the @B wishes to obtain, the $subject1 described in $schedule; NOW, "
    "THEREFORE, the parties agree as follows.", "The @A and the @B, intending to be legally bound, agree as follows."]


def write(w, length):
    first, second = w.pick(PAIRS)
    numbered = w.pick(["{n}. {t}. {s}", "{n}.1 {s}", "Section {n}. {t}. {s}", "{s}", "{t}. {s}", "ARTICLE {n}\n{s}"])
    parts = [w.pick(PREAMBLES)] if w.chance(0.3) else []
    n = w.number(1, 15)
    for title in w.some(CLAUSES, len(CLAUSES)):
        if sum(map(len, parts)) >= length:
            break
        sentences = CLAUSES[title]
        kept = set(w.some(range(len(sentences)), w.number(2, len(sentences))))
        parts.append(numbered.format(n=n, t=title, s=" ".join(s for i, s in enumerate(sentences) if i in kept)))
        n += 1
    text = w.fill("\n\n".join(parts), BANKS).replace("@A", first).replace("@B", second)
    # As such clauses come out of collections: without capitals and marks.
    return "".join(c for c in text.lower() if c not in ",.;()\"'").replace("\n\n", " ") if w.chance(0.12) else text
