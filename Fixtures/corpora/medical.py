"""Medical: notes of visits. A complaint brings its own symptoms, findings, diagnosis and drugs."""
from writer import joined

# complaint: (symptoms, symptoms denied, findings, diagnoses, plans)
COMPLAINTS = {
    "chest pain": (["pressure behind the sternum", "sweating", "pain spreading to the left arm",
        "shortness of breath on the stairs"], ["palpitations", "fainting"],
        ["Heart sounds normal without murmur", "No swelling of the ankles", "Lungs clear"],
        ["stable angina", "possible acute coronary syndrome", "reflux"],
        ["electrocardiogram and troponin", "aspirin $aspirin mg daily", "stress test next week",
            "refer to cardiology"]),
    "cough": (["green sputum", "fever up to 38.$digit C", "fatigue", "night sweats", "wheezing at night"],
        ["blood in the sputum", "weight loss"],
        ["Crackles at the $side1 base", "Throat mildly red", "Wheezes on both sides"],
        ["acute bronchitis", "community-acquired pneumonia", "asthma"],
        ["chest X-ray", "amoxicillin $amox mg three times a day for $days days", "inhaler as needed",
            "fluids and rest"]),
    "headache": (["throbbing pain on the $side1 side", "nausea", "sensitivity to light",
        "blurred vision before the pain"], ["fever", "stiff neck", "weakness"],
        ["Cranial nerves intact", "Pupils equal and reactive", "Neck supple"],
        ["migraine without aura", "tension headache", "migraine with aura"],
        ["sumatriptan 50 mg at onset", "headache diary", "ibuprofen $ibu mg as needed", "no imaging at present"]),
    "abdominal pain": (["cramping in the $quadrant1 quadrant", "vomiting", "loss of appetite", "bloating after meals"],
        ["blood in the stool", "jaundice"],
        ["Abdomen soft, tender in the $quadrant1 quadrant", "Bowel sounds present", "No guarding or rebound"],
        ["gallstones", "gastroenteritis", "possible appendicitis"],
        ["ultrasound of the abdomen", "lipase and liver enzymes", "nothing by mouth", "surgical consultation"]),
    "back pain": (["pain radiating to the $side1 leg", "stiffness in the morning", "numbness of the foot"],
        ["loss of bladder control", "fever"],
        ["Straight leg raise positive on the $side1", "Reflexes symmetric", "Spine tender at L$lumbar"],
        ["lumbar strain", "sciatica"],
        ["naproxen $naprox mg twice a day", "physical therapy", "return if weakness develops",
            "heat and gentle walking"]),
    "knee pain": (["swelling after walking", "locking of the $side1 knee", "pain on the stairs"], ["trauma", "redness"],
        ["Small effusion of the $side1 knee", "Range of motion 0 to $degrees degrees", "Ligaments stable"],
        ["osteoarthritis of the $side1 knee", "meniscal tear"],
        ["X-ray of the $side1 knee", "acetaminophen $acet mg as needed", "physical therapy", "consider injection"]),
    "follow-up of diabetes": (["glucose of $glucose to $glucose_high before breakfast", "tingling of the feet",
        "thirst"], ["hypoglycemia", "chest pain"],
        ["Feet warm, sensation to monofilament intact", "No ulcers", "Hemoglobin A1c $aonec percent"],
        ["type 2 diabetes, improving", "type 2 diabetes, not at goal"],
        ["continue metformin $metf mg twice a day", "refer to ophthalmology", "check urine albumin",
            "return in $months months"]),
    "follow-up of hypertension": (["occasional dizziness", "readings at home of $sys/$dia", "mild ankle swelling"],
        ["headache", "chest pain"],
        ["Regular rhythm without murmur", "Fundi normal", "No edema"],
        ["hypertension, controlled", "hypertension, not at goal"],
        ["increase lisinopril to $lisin mg daily", "low-salt diet", "basic metabolic panel",
            "return in $months months"]),
    "rash": (["itching of the $limb1", "blisters", "burning sensation", "spread over $days days"],
        ["fever", "new medicines"],
        ["Red patches on the $limb1 with fine scale", "No mucosal involvement", "Vesicles in a band on the $side1"],
        ["contact dermatitis", "eczema", "shingles"],
        ["hydrocortisone cream twice a day", "avoid the trigger", "valacyclovir 1,000 mg three times a day",
            "antihistamine at night"]),
    "fatigue": (["poor sleep", "weight gain of $kilos kg", "cold intolerance", "low mood"],
        ["chest pain", "night sweats"],
        ["Thyroid not enlarged", "Conjunctivae pale", "Skin dry"],
        ["hypothyroidism", "iron deficiency anemia", "depression"],
        ["TSH and complete blood count", "levothyroxine $thyro mcg daily", "ferrous sulfate 325 mg daily",
            "return in $days days"]),
}
BANKS = {
    "side": ["left", "right"], "digit": lambda w: w.number(1, 9), "days": lambda w: w.pick([2, 3, 5, 7, 10, 14, 21]),
    "months": lambda w: w.pick([1, 2, 3, 6]), "weeks": lambda w: w.number(2, 8),
    "quadrant": ["right upper", "right lower", "left upper", "left lower"],
    "limb": ["forearms", "left arm", "right leg", "neck", "trunk", "hands", "face"],
    "aspirin": ["81", "325"], "amox": ["500", "875"], "ibu": ["400", "600"], "naprox": ["250", "500"],
    "acet": ["500", "650", "1,000"], "metf": ["500", "850", "1,000"],
    "lisin": ["10", "20", "40"], "thyro": ["25", "50", "75"], "lumbar": ["3", "4", "5"],
    "degrees": lambda w: w.number(18, 27) * 5, "kilos": lambda w: w.number(2, 12),
    "glucose": lambda w: w.number(88, 120), "glucose_high": lambda w: w.number(125, 190),
    "aonec": lambda w: f"{w.number(6, 10)}.{w.number(0, 9)}",
    "age": lambda w: w.number(19, 88), "sys": lambda w: w.number(104, 172), "dia": lambda w: w.number(58, 99),
    "pulse": lambda w: w.number(54, 118), "temp": lambda w: f"3{w.number(6, 8)}.{w.number(0, 9)}",
    "oxygen": lambda w: w.number(91, 100), "resp": lambda w: w.number(12, 24),
    "history": ["hypertension", "type 2 diabetes", "asthma", "hyperlipidemia", "atrial fibrillation", "gout",
        "chronic kidney disease", "depression", "osteoporosis", "hypothyroidism", "migraine", "sleep apnea"],
    "allergy": ["penicillin", "sulfa drugs", "latex", "codeine", "no known drugs"],
    "smoking": ["Never smoker", "Smokes one pack a day", "Quit smoking $weeks years ago", "Smokes occasionally"],
    "habit": ["drinks wine on weekends", "does not drink", "drinks two beers a day", "walks daily", "works at a desk",
        "works night shifts", "lives alone", "lives with family"],
    "onset": ["suddenly", "gradually", "after heavy lifting", "during the night", "after a meal", "without clear cause",
        "after a cold"],
    "course": ["has improved since", "has worsened since", "comes and goes", "is unchanged", "is worse at night",
        "is relieved by rest"],
    "general": ["Alert and in no distress", "Appears tired", "Comfortable at rest", "In mild distress",
        "Well nourished"],
    "system": ["HEENT: Normocephalic. Pupils equal, round and reactive.", "NECK: Supple. No lymphadenopathy.",
        "LUNGS: Clear to auscultation bilaterally.", "HEART: Regular rate and rhythm. No murmurs.",
        "ABDOMEN: Soft, nontender. No masses.", "EXTREMITIES: No clubbing, cyanosis or edema.",
        "NEURO: Alert and oriented times three. Strength equal bilaterally.", "SKIN: Warm and dry. No lesions.",
        "MSK: Normal gait and station. Full range of motion."],
}
OPENINGS = ["The patient is a/an $age-year-old @who with a history of $history who presents with @complaint for $days "
    "days.", "$age-year-old @who seen for @complaint.",
    "@Who, $age, with $history and $history. Presents today for @complaint.",
    "This $age-year-old @who comes in because of @complaint, which began $onset $days days ago."]
HEADINGS = [("HISTORY", "EXAMINATION", "ASSESSMENT", "PLAN"), ("HPI", "PE", "A", "P"),
    ("SUBJECTIVE", "OBJECTIVE", "ASSESSMENT", "PLAN"), ("History of present illness", "Physical exam", "Impression",
        "Recommendations")]


def sentence(text):
    return text[0].upper() + text[1:] + "."


def write(w, length):
    if w.chance(0.12):
        text, systems = "", w.some(BANKS["system"], 9)
        while len(text) < length and systems:
            text += systems.pop() + w.pick([" ", "\n"])
        return text + w.fill("VITALS: BP $sys/$dia, pulse $pulse, temperature $temp, oxygen saturation $oxygen "
            "percent.", BANKS)
    complaint = w.pick(list(COMPLAINTS))
    symptoms, denied, findings, diagnoses, plans = COMPLAINTS[complaint]
    female = w.chance(0.5)
    who, pronoun = ("woman", "She") if female else ("man", "He")
    history = [w.pick(OPENINGS[:-1] if complaint.startswith("follow-up") else OPENINGS),
        f"{pronoun} reports {joined(w.some(symptoms, w.number(1, 3)))}."]
    if w.chance(0.7):
        history.append(f"{pronoun} denies {joined(w.some(denied, w.number(1, 2)), 'or')}.")
    history += w.some(["The pain $course." if "pain" in complaint or complaint == "headache" else "This $course.",
        "$Smoking; $habit.", "Allergic to $allergy.", f"{pronoun} $habit and $habit.",
        "Past history of $history."], w.number(0, 4))
    exam = w.some(["BP $sys/$dia", "pulse $pulse", "temperature $temp", "respirations $resp",
        "oxygen saturation $oxygen percent on room air"], w.number(2, 4))
    sentences = [sentence(", ".join(exam))] + [f + "." for f in w.some(findings, w.number(1, 3))]
    if w.chance(0.5):
        sentences.insert(0, "$general.")
    plan = w.some(plans, w.number(2, 4))
    sections = [" ".join(history), " ".join(sentences), sentence(joined(w.some(diagnoses, 1 if w.chance(0.7) else 2),
        "versus")), sentence("; ".join(plan))]
    if w.chance(0.25):
        text = " ".join(sections[:2] + ["Assessment: " + sections[2], "Plan: " + sections[3]])
    else:
        titles, separator = w.pick(HEADINGS), w.pick(["\n", "\n\n", " "])
        parts = [f"{title}: {section}" for title, section in zip(titles, sections)]
        if w.chance(0.4):
            parts.insert(0, w.pick(["CHIEF COMPLAINT: ", "CC: ", "Reason for visit: "]) + sentence(complaint))
        text = separator.join(parts)
    text = w.fill(text.replace("@complaint", "$complaint1").replace("@Who", "$Who1").replace("@who", "$who1"),
        {**BANKS, "complaint": [complaint], "who": [who]})
    return text if len(text) >= length - 120 else text + " " + " ".join(w.some(BANKS["system"], 2))
