//! Words that people and companies are made of. Awkward ones on purpose: umlauts, CJK, quotes, commas, apostrophes.

/// A name as written and as it appears in addresses.
pub(super) type Name = (&'static str, &'static str);

pub(super) const GIVEN_NAMES: [Name; 40] = [
    ("Anna", "anna"),
    ("Jürgen", "juergen"),
    ("Zoë", "zoe"),
    ("Łukasz", "lukasz"),
    ("花子", "hanako"),
    ("伟", "wei"),
    ("José", "jose"),
    ("Marie-Claire", "marie-claire"),
    ("Dwayne \"Rocky\"", "dwayne"),
    ("Søren", "soeren"),
    ("Olivia", "olivia"),
    ("Noah", "noah"),
    ("Fatima", "fatima"),
    ("Mohammed", "mohammed"),
    ("Priya", "priya"),
    ("Rahul", "rahul"),
    ("Ingrid", "ingrid"),
    ("Björn", "bjoern"),
    ("Chloé", "chloe"),
    ("Mateo", "mateo"),
    ("Thandiwe", "thandiwe"),
    ("Kwame", "kwame"),
    ("Ivan", "ivan"),
    ("Ольга", "olga"),
    ("Δημήτρης", "dimitris"),
    ("Sarah", "sarah"),
    ("James", "james"),
    ("Emily", "emily"),
    ("Lars", "lars"),
    ("Heike", "heike"),
    ("Paul", "paul"),
    ("Greta", "greta"),
    ("Hassan", "hassan"),
    ("Leila", "leila"),
    ("Tomáš", "tomas"),
    ("Nguyễn", "nguyen"),
    ("민준", "minjun"),
    ("Aoife", "aoife"),
    ("Gül", "guel"),
    ("Peter", "peter"),
];

pub(super) const SURNAMES: [Name; 44] = [
    ("Müller", "mueller"),
    ("O'Neil", "oneil"),
    ("Schmidt", "schmidt"),
    ("van der Berg", "vanderberg"),
    ("山田", "yamada"),
    ("王", "wang"),
    ("García López", "garcialopez"),
    ("Kowalski", "kowalski"),
    ("Smith, Jr.", "smithjr"),
    ("Jensen", "jensen"),
    ("Nowák", "nowak"),
    ("Öztürk", "oeztuerk"),
    ("Patel", "patel"),
    ("Sharma", "sharma"),
    ("Johnson", "johnson"),
    ("Brown", "brown"),
    ("Иванова", "ivanova"),
    ("Papadopoulos", "papadopoulos"),
    ("Rossi", "rossi"),
    ("Ferrari", "ferrari"),
    ("Dubois", "dubois"),
    ("Lefèvre", "lefevre"),
    ("Andersson", "andersson"),
    ("Lindqvist", "lindqvist"),
    ("Weiß", "weiss"),
    ("Groß", "gross"),
    ("Huber", "huber"),
    ("Meier-Lüdenscheidt", "meier"),
    ("Okafor", "okafor"),
    ("Mbeki", "mbeki"),
    ("Silva", "silva"),
    ("Santos", "santos"),
    ("Kim", "kim"),
    ("Park", "park"),
    ("Trần", "tran"),
    ("Novák\\Svoboda", "novak"),
    ("D'Angelo", "dangelo"),
    ("Ó Briain", "obriain"),
    ("Haddad", "haddad"),
    ("Cohen", "cohen"),
    ("Levi", "levi"),
    ("Williams", "williams"),
    ("Taylor", "taylor"),
    ("Walker", "walker"),
];

/// A site: office, city, country in words, country code, language, time-honoured street prefix of the phone number.
pub(super) struct Place {
    pub(super) office: &'static str,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) code: &'static str,
    pub(super) language: &'static str,
    pub(super) dial: &'static str,
}

const fn place(
    office: &'static str,
    city: &'static str,
    country: &'static str,
    code: &'static str,
    language: &'static str,
    dial: &'static str,
) -> Place {
    Place { office, city, country, code, language, dial }
}

pub(super) const PLACES: [&Place; 8] = [
    &place("BER/2.114", "Berlin", "Germany", "DE", "de-DE", "+49 30 5550"),
    &place("ZRH, Turm B", "Zürich", "Switzerland", "CH", "de-CH", "+41 44 5550"),
    &place("LON-EC2 \"The Vault\"", "London", "United Kingdom", "GB", "en-GB", "+44 20 7946 0"),
    &place("NYC 41/4", "New York", "United States", "US", "en-US", "+1 212 555 01"),
    &place("PAR - La Défense", "Paris", "France", "FR", "fr-FR", "+33 1 99 00 1"),
    &place("TYO 丸の内", "東京", "日本", "JP", "ja-JP", "+81 3 5550 1"),
    &place("GRU 7", "São Paulo", "Brazil", "BR", "pt-BR", "+55 11 5550 1"),
    &place("BLR Campus 3", "Bengaluru", "India", "IN", "en-IN", "+91 80 5550 1"),
];

pub(super) const DEPARTMENTS: [&str; 12] = [
    "Finance",
    "Sales",
    "Research & Development",
    "Human Resources",
    "IT",
    "Einkauf",
    "Marketing, Brand & PR",
    "Legal",
    "Manufacturing",
    "Kundendienst",
    "法務部",
    "Facilities",
];
pub(super) const JOB_TITLES: [&str; 12] = [
    "Accountant",
    "Account Executive",
    "Principal Engineer",
    "HR Business Partner",
    "Systems Administrator",
    "Sachbearbeiter/in Einkauf",
    "Brand Manager",
    "Counsel",
    "Line Lead \"Night\"",
    "Service Agent",
    "Director, EMEA",
    "Technician II",
];
pub(super) const COMPANIES: [&str; 5] =
    ["Contoso AG", "Contoso Ltd.", "Contoso, Inc.", "Fabrikam GmbH & Co. KG", "コントソ株式会社"];
pub(super) const DIVISIONS: [&str; 6] = ["Europe", "Americas", "APAC", "Group Functions", "Mobility", "Energy"];
pub(super) const EMPLOYEE_TYPES: [&str; 4] = ["Employee", "Contractor", "Consultant", "Vendor"];
pub(super) const GUEST_DOMAINS: [&str; 4] = ["gmail.example", "partner.example", "agency.example", "outlook.example"];
