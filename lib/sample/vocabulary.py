"""The words invented data is made of: names, titles, companies, pages, in the languages of nine countries."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How much a lead decides at work."""

    STUDENT = 0
    JUNIOR = 1
    SPECIALIST = 2
    MANAGER = 3
    DIRECTOR = 4
    EXECUTIVE = 5


@dataclass(frozen=True)
class Country:
    """A market: `share` of all leads; the team whose reps answer there; forms a company takes there."""

    code: str
    share: float
    time_zone: str
    language: str
    team: str
    legal_form: str
    top_level_domain: str
    dialling_code: str
    universities: tuple[str, ...]


COUNTRIES = (
    Country(
        "ES",
        0.26,
        "Europe/Madrid",
        "es",
        "Europe",
        "S.L.",
        "es",
        "+34",
        ("Universidad de Sevilla", "Universitat de València", "Universidad de Cádiz"),
    ),
    Country(
        "DE",
        0.14,
        "Europe/Berlin",
        "de",
        "Europe",
        "GmbH",
        "de",
        "+49",
        ("Universität zu Köln", "Hochschule München", "Universität Tübingen"),
    ),
    Country(
        "FR", 0.11, "Europe/Paris", "fr", "Europe", "SAS", "fr", "+33", ("Université de Lyon", "Université Côte d'Azur")
    ),
    Country(
        "PT",
        0.07,
        "Europe/Lisbon",
        "pt",
        "Europe",
        "Lda",
        "pt",
        "+351",
        ("Universidade do Porto", "Universidade de Coimbra"),
    ),
    Country(
        "GB",
        0.10,
        "Europe/London",
        "en",
        "Europe",
        "Ltd",
        "co.uk",
        "+44",
        ("University of Leeds", "University of Bristol"),
    ),
    Country(
        "PL",
        0.07,
        "Europe/Warsaw",
        "pl",
        "Europe",
        "Sp. z o.o.",
        "pl",
        "+48",
        ("Uniwersytet Łódzki", "Politechnika Gdańska"),
    ),
    Country(
        "US",
        0.13,
        "America/New_York",
        "en",
        "Americas",
        "Inc.",
        "com",
        "+1",
        ("Boston University", "Ohio State University"),
    ),
    Country(
        "MX",
        0.07,
        "America/Mexico_City",
        "es",
        "Americas",
        "S.A. de C.V.",
        "mx",
        "+52",
        ("Universidad de Guadalajara", "Universidad Autónoma de Nuevo León"),
    ),
    Country(
        "BR",
        0.05,
        "America/Sao_Paulo",
        "pt",
        "Americas",
        "Ltda.",
        "com.br",
        "+55",
        ("Universidade de São Paulo", "Universidade Federal do Paraná"),
    ),
)

LANGUAGES = ("es", "de", "fr", "pt", "en", "pl")

FIRST_NAMES = {
    "es": (
        "Lucía María Carmen Paula Inés Begoña Rocío Sofía Elena Marta Nuria Ángela Ximena Itziar Pilar Noelia",
        "José Íñigo Álvaro Javier Andrés Sergio Raúl Iván Tomás Nicolás Germán Óscar Pablo Diego Martín Héctor",
    ),
    "de": (
        "Jana Katrin Sabine Anja Bärbel Käthe Lena Ute Miriam Svenja Johanna Birgit Franziska Silke",
        "Jürgen Jörg Lukas Matthias Stefan Björn Florian Günter Tobias Uwe Henrik Sönke Moritz Felix",
    ),
    "fr": (
        "Aurélie Chloé Éléonore Amélie Camille Hélène Inès Léa Maëlys Noémie Sylvie Zoé Océane Margaux",
        "Rémi Loïc François Étienne Benoît Théo Gaël Jérôme Mathieu Sébastien Anaël Cédric Hugo Damien",
    ),
    "pt": (
        "Inês Beatriz Conceição Mariana Joana Luísa Patrícia Cátia Letícia Débora Tânia Fernanda",
        "João Gonçalo Antônio Rui Tiago Simão Vítor Nuno Caio Thiago Otávio Sebastião",
    ),
    "en": (
        "Alice Priya Charlotte Megan Zoë Olivia Siobhán Hannah Grace Naomi Chloe Denise Aisha Rachel Beth",
        "James Oliver Liam Ravi Daniel Owen Callum Marcus Seán Tyler Ethan Gareth Andre Noah Peter",
    ),
    "pl": (
        "Agnieszka Małgorzata Zofia Łucja Żaneta Katarzyna Joanna Hanna Iwona Grażyna Beata Magdalena",
        "Paweł Michał Łukasz Grzegorz Krzysztof Wojciech Rafał Jakub Stanisław Tomasz Bartosz Mirosław",
    ),
}
"""Women's and men's first names by language, parted by spaces."""

LAST_NAMES = {
    "es": (
        "García Muñoz Núñez Ibáñez Peña Ordóñez Castaño López Hernández Gutiérrez Domínguez Vázquez Sánchez Jiménez "
        "Cañizares Zúñiga Etxeberria Puig Ferrer Valdés Rojas Bermúdez Quiñones Olmedo",
    ),
    "de": (
        "Müller Schäfer Köhler Weiß Größer Jäger Krüger Vogel Lindner Böhm Strauß Hofmann Pfeiffer Brandt Schröder "
        "Kühn Ziegler Winkler Arnold Thiele",
    ),
    "fr": (
        "Lefèvre Bélanger Moreau Gérard Rousseau Faure Lemaître Chevalier Baudry Besançon Perrin Hébert Roy Marchand "
        "Blanchet Delacroix Guérin Carré",
    ),
    "pt": (
        "Magalhães Gonçalves Araújo Simões Conceição Brandão Falcão Teixeira Moura Sá Guimarães Leitão Figueiredo "
        "Assunção Barros Nogueira",
    ),
    "en": (
        "Harrison Okafor Patel Whitfield O'Brien Sinclair Fletcher Nguyen Abbott Mbeki Carlisle Reyes Hawthorne "
        "Delgado Kim Brooks Ellison Prescott Shah Wexler",
    ),
    "pl": (
        "Wiśniewska Kowalczyk Zielińska Wójcik Łukaszewska Dąbrowska Nowak Kaczmarek Piątkowska Sobczak Żurawska",
        "Wiśniewski Kowalczyk Zieliński Wójcik Łukaszewski Dąbrowski Nowak Kaczmarek Piątkowski Sobczak Żurawski",
    ),
}
"""Last names by language; women's and men's apart where they differ."""

TITLES = {
    "es": (
        ("Estudiante de Marketing", "Estudiante de ADE", "Becaria|Becario", "Estudiante de máster"),
        ("Asistente de Marketing", "Auxiliar de Comunicación", "Técnica júnior|Técnico júnior"),
        (
            "Especialista en CRM",
            "Analista de Datos",
            "Técnica de Marketing|Técnico de Marketing",
            "Consultora de Ventas|Consultor de Ventas",
        ),
        (
            "Responsable de Marketing",
            "Jefa de Ventas|Jefe de Ventas",
            "Responsable de Operaciones",
            "Jefa de Compras|Jefe de Compras",
        ),
        (
            "Directora de Marketing|Director de Marketing",
            "Directora Comercial|Director Comercial",
            "Directora de Compras|Director de Compras",
            "Head of Growth",
        ),
        ("Directora General|Director General", "CEO", "CMO", "Fundadora|Fundador"),
    ),
    "de": (
        ("Werkstudentin|Werkstudent", "Praktikantin|Praktikant", "Studentin BWL|Student BWL"),
        ("Marketing-Assistentin|Marketing-Assistent", "Trainee Vertrieb", "Sachbearbeiterin|Sachbearbeiter"),
        (
            "Referentin Marketing|Referent Marketing",
            "Vertriebsmitarbeiterin|Vertriebsmitarbeiter",
            "CRM-Spezialistin|CRM-Spezialist",
        ),
        (
            "Einkaufsleiterin|Einkaufsleiter",
            "Marketingleiterin|Marketingleiter",
            "Teamleiterin Vertrieb|Teamleiter Vertrieb",
            "Leiterin Digital|Leiter Digital",
        ),
        ("Vertriebsdirektorin|Vertriebsdirektor", "Head of Growth", "Director Sales DACH", "Head of Marketing"),
        ("Geschäftsführerin|Geschäftsführer", "CEO", "CTO", "Gründerin|Gründer"),
    ),
    "fr": (
        ("Étudiante|Étudiant", "Stagiaire Marketing", "Alternante|Alternant"),
        ("Assistante Marketing|Assistant Marketing", "Assistante Commerciale|Assistant Commercial"),
        ("Chargée de Marketing|Chargé de Marketing", "Analyste CRM", "Chargée d'Études|Chargé d'Études"),
        ("Responsable Marketing", "Responsable des Achats", "Cheffe des Ventes|Chef des Ventes"),
        ("Directrice Marketing|Directeur Marketing", "Directrice Commerciale|Directeur Commercial", "Head of Growth"),
        ("PDG", "Directrice Générale|Directeur Général", "CEO", "Cofondatrice|Cofondateur"),
    ),
    "pt": (
        ("Estudante de Gestão", "Estagiária de Marketing|Estagiário de Marketing"),
        ("Assistente de Marketing", "Auxiliar Comercial"),
        ("Analista de Marketing", "Especialista em CRM", "Consultora Comercial|Consultor Comercial"),
        ("Gerente de Vendas", "Responsável de Compras", "Coordenadora de Marketing|Coordenador de Marketing"),
        ("Diretora de Marketing|Diretor de Marketing", "Diretora Comercial|Diretor Comercial", "Head de Growth"),
        ("Diretora-Geral|Diretor-Geral", "CEO", "Fundadora|Fundador"),
    ),
    "en": (
        ("Student", "Marketing Intern", "MBA Student", "Looking for new opportunities"),
        ("Marketing Assistant", "Sales Development Representative", "Junior Copywriter"),
        ("Marketing Specialist", "CRM Analyst", "Demand Generation Specialist", "Content Strategist"),
        ("Marketing Manager", "Sales Operations Manager", "Procurement Manager", "Revenue Operations Manager"),
        ("VP Sales", "VP Marketing", "Head of Growth", "Director of Marketing", "Sales Director"),
        ("CEO", "Chief Marketing Officer", "Chief Revenue Officer", "Founder"),
    ),
    "pl": (
        ("Studentka|Student", "Praktykantka|Praktykant", "Stażystka|Stażysta"),
        (
            "Asystentka Sprzedaży|Asystent Sprzedaży",
            "Młodsza Specjalistka ds. Marketingu|Młodszy Specjalista ds. Marketingu",
        ),
        ("Specjalistka ds. Marketingu|Specjalista ds. Marketingu", "Analityczka CRM|Analityk CRM"),
        ("Kierowniczka Sprzedaży|Kierownik Sprzedaży", "Menedżerka Marketingu|Menedżer Marketingu"),
        ("Dyrektorka Marketingu|Dyrektor Marketingu", "Dyrektorka Handlowa|Dyrektor Handlowy", "Head of Growth"),
        ("Prezeska Zarządu|Prezes Zarządu", "CEO", "Założycielka|Założyciel"),
    ),
}
"""Titles by language and Level; the woman's and the man's form parted by a bar where they differ."""

INDUSTRIES = (
    "Software", "Manufacturing", "Logistics", "Financial services", "Retail",
    "Healthcare", "Education", "Construction", "Food", "Professional services",
)  # fmt: skip

SECTOR_WORDS = {
    "es": "Digital Industrias Logística Finanzas Comercio Salud Formación Construcciones Alimentación Consultores",
    "de": "Software Maschinenbau Logistik Finanz Handel Gesundheit Akademie Bau Lebensmittel Beratung",
    "fr": "Numérique Industrie Logistique Finance Distribution Santé Formation Bâtiment Saveurs Conseil",
    "pt": "Digital Indústria Logística Finanças Comércio Saúde Formação Construção Alimentos Consultoria",
    "en": "Systems Manufacturing Logistics Capital Stores Health Learning Builders Foods Partners",
    "pl": "Technologie Przemysł Logistyka Finanse Handel Zdrowie Edukacja Budownictwo Żywność Doradztwo",
}
"""What a company of each industry calls itself, in the order of INDUSTRIES."""

COMPANY_STEMS = {
    "es": "Almendro Cigüeña Peñalara Montaño Guadiana Azahar Sierra Viñedo Albariño Tramontana Encina Cañada Duero",
    "de": "Nordwind Bergmann Fährmann Grünwald Rheintal Lindenhof Köster Silberbach Möwe Altstadt Eichen Hansa",
    "fr": "Belrive Clairière Lumière Château Forêt Cévennes Garance Hirondelle Mistral Noisetier Orée Rivage Sautereau",
    "pt": "Aurora Ribeirão Mondego Coração Andorinha Caravela Sobreiro Falésia Açor Jacarandá Maré Pinhão",
    "en": "Harrow Brightwater Oakfield Kestrel Northgate Juniper Redwood Larkspur Fairview Ironbridge Maple Summit",
    "pl": "Wisła Bałtyk Jantar Dąb Żubr Świt Orzeł Zamość Bociek Łąka Perła Gwiazda",
}

COMPETITORS = ("Funnelia", "Leadwerk", "Scorepoint", "Qualify Labs")
"""Companies that sell what we sell; the last one is on nobody's list yet."""

FREE_MAIL = ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com")

PAGES = (
    "/", "/product", "/product/scoring", "/customers", "/customers/nordwind-logistik", "/about", "/integrations",
    "/blog/what-is-an-mql", "/blog/sales-and-marketing", "/blog/lead-scoring-mistakes", "/careers", "/security",
)  # fmt: skip

ASSETS = (
    "Guide: the first hundred leads", "Checklist: hand-over to sales", "Report: B2B buying", "Template: MQL definition",
    "Guía: marketing y ventas", "Leitfaden: Lead-Qualifizierung",
)  # fmt: skip

MAILS = (
    "Newsletter",
    "Product news",
    "Case study of the month",
    "Invitation: webinar",
    "Invitación: webinar",
    "Event recap",
)

WEBINARS = (
    "Lead scoring in practice", "Marketing y ventas, una mesa", "Vom Lead zum Kunden", "Forecasting for beginners",
    "Growth careers", "Reporting de cero a cien", "CRM hygiene", "Les bases du marketing B2B", "What buyers read",
    "Content that sells", "E-mail that gets opened", "O funil explicado",
)  # fmt: skip

EVENTS = (
    "Salón MarTech Madrid", "Rheinforum Köln", "Sommet Croissance Lyon", "B2B Forum London", "Revenue Days Boston",
    "Encontro Digital Porto",
)  # fmt: skip

SOURCES = {
    "inbound": ("organic_search", "paid_search", "paid_social", "newsletter", "webinar", "referral"),
    "event": EVENTS,
    "interaction": ("outbound_call", "website_chat", "partner"),
}
"""Sources by channel."""

CURRENT_TOOLS = ("spreadsheet", "crm", "in-house", "none")
