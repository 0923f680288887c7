"""What no dictionary says about German compounds: which short words stand in them, and which only seem to."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text with spaces between them."""
    return frozenset(text.split())


SHORT_LAST = word_set(
    """
    abo akt amt app arm art bad bau bot box bus eck ehe eis erz fan fuß gas gut hof hut job kot kur lok
    maß not ohr ort rad rat ruf see ski tag tal tat tee tod ton tor typ tür uhr web weg zug öl
    """
)
"""Words of two or three letters that end a compound."""

SHORT_FIRST = word_set(
    """
    akt alt amt app arm bad bau bio box bus dom eck ehe eil eis end erb erd erz fan fun fuß gas geh gut
    heu hof hut hör job kur lok löt mai maß nah neu not näh ohr ort ost rad rat roh rot ruf see seh ski
    süd süß tag tal tat tee tod ton top tor typ tür uhr uni web weg zoo zug öko öl
    """
)
"""First parts of two or three letters."""

NOT_LAST = word_set(
    """
    ache aken albe alben aldo amen ampe ante anten arie arten asse ation bare bold born bringen burg
    char chen cher dung eder egel ehre ehren eier eigen eilung eisen elei elke elle ende enden enge
    enten erben erei eren erer erin erle ern erweise esse este ester eule finden furt geben gehen gen
    gere gier graf grafie gram gramm graphie gung haben haft halt halten heit hort iden iere iker iler
    inter isch isen ismus iter kant kation keit kommen kost krat kraten kratie lassen legen lein lekt
    ling lings list loge logen logie lose lung lyse machen magd ment meter metrie mute nehmen nier niet
    nis nomie part pathie pein phon pion plus port rain ramm ration rist rung rute röte sage same samt
    schaft sein sessel setzen skop sophie stag state staus stehen stellen ster tand tang tau tein ter
    tete thermie tick ting tion tomie tor tote trage tragen tram tum tung tute türe unge ungen urne
    werden wurz zession zeug ziehen zung
    """
)
"""What seems to be a word but is none at the end of a longer one: suffixes, endings of foreign words."""

NOT_LAST_ADJECTIVES = word_set(
    """
    artig deutig endlich erweise fügig grafisch graphisch haftig logisch maßen mäßig orts seitig seits
    sichtlich ständig sächlich verständlich weise wendig zentrisch
    """
)
"""Endings of adjectives and adverbs that are words of their own only by chance."""

NOT_FIRST = word_set(
    """
    ab abb aber acht achter akt aller alles als alter am an ander anders anna annes ans ant ante anti
    archi asse auf aus ausch autos be beg bei bek bel ber bes besch besser best bis bote bushalte chemo
    dank dar das dazu dein dem den der des die dis drei durch ein einer eins empor ent entre er ergo
    erst etwas euch exi fort für gar ge geb gegen gen ges gest halb hans her hier hin hint hinter homo
    ich ihm ihn ihr immer in ins inter irre jed kap kata kein kilo kol kon konter kontra kor kreme lach
    lange leb lieb längs man mar mars mas matt mega mehr mein meist men meta minder miss mit mono mus
    nach nat nicht nied noch null nur ob par para part pat per perm pest pol port prae pro prob prof
    prot prä psych quer ran raus re ref reg rein rek rel rep res ruck rück sam samt sch schon sein sek
    selb selbst sen ser sich sie sig sim sol spi star statt ster stil sub super supp sus syn sys tab tel
    tele tem temp ten ter tex tran trans tri tur ult um un uns unt unter var ver verb vers viel vier vis
    vize voll vor voraus vorweg wahr weg weiter wenn wer wid wider wied wieder wir wo wohl zen zer zu
    zugab zuge zurück zwei zwischen über
    """
)
"""What begins other words without being a part of them: prefixes, particles, numerals, chance."""

FIRST_ADJECTIVES = word_set(
    """
    agrar aktiv alt audio außen billig bio blau breit bunt demo dick digital direkt dritt dual duo dünn
    edel eigen einbahn einfamilien einweg einzel elektro euro extra fein fern feucht flach frei fremd
    früh ganz gebraucht gelb general geo gesamt gesund gleich global grau grob groß grün haupt heiß hoch
    hybrid hydro höchst ideal individual info innen intensiv international jung kalt kapital klein
    kolonial kombi kommunal krank kreativ kultur kurz lang leer leicht links live lokal makro maximal
    mehr mehrweg mehrzweck mikro mindest mini minimal mitte mittel mobil multi nah nass national neben
    neu neutral normal ober offen offline online optimal original passiv privat quadrat real regional
    rein roh rot rund rück samt scharf schnell schwach schwarz schwer selbst sicher smart sofort solar
    solo sonder sozial spezial spät stark steil süß thermo tief tot trio trocken ultra universal video
    virtuell voll warm weiß zentral zivil zweifamilien zweit zwischen öko
    """
)
"""First parts that are no noun: adjectives and combining forms."""

EXTRA_NOUNS = word_set(
    """
    avatar bafög barcode beamer benchmarking bike blog bot carsharing center chat chatbot cloud
    controlling coworking cyber dashboard drohne gender hackathon homeoffice hort hotspot kita kitas
    laptop livestream mensa mobbing monitoring newsletter parken pedelec podcast ranking recycling
    scooter server sharing skater smartphone startup streetworker tablet token tracking upcycling voice
    website wlan workshop
    """
)
"""Nouns of the day that the dictionary leaves out or knows in too few compounds."""

WHOLE = word_set(
    """
    ackermann adelheid alarm album analog antrag antwort apparat appartement arbeiter argument
    aschersleben assistent attentat aufenthalt auftrag automat bachmann baumann begleiter beitrag
    bergheim bergmann bernhard bescheid besuch bezirk biermann bildung biograf biologe bonus bremerhaven
    buchholz burkhard buschmann campus darmstadt datum dekanat demokrat demokratie departement deutscher
    deutschland dialog dienstag dieter diktat direktor dokument donnerstag düsseldorf eberhard
    eisenhauer elastik element epilog erfolg experiment explosion export faktor feldmann fellbach
    ferdinand festival fokus format forum fotograf freiberg freiburg freiburger freiheit freitag
    friedberg friedhof friedrich friedrichshafen fundament fürstenwalde gebiet geburt gebäude gefahr
    gegenteil gehalt gelsenkirchen gelände gemeinde generation geologe gerhard gericht geschäft gesetz
    gesicht gespräch getränk gewerbe gewerbes globus gottfried greifswald grundstück grünwald günter
    halberstadt hamburg hamburger handwerk hartmann hartmut haushalt heidelberg heidemarie heidenheim
    heiner heinrich helmut herrenberg herrmann hildegard hildesheim hirschfeld hochzeit hoffnung hofmann
    holzmann hundert import ingolstadt inhalt inserat instrument internat irmgard jahrhundert
    jahrtausend jahrzehnt journal kaktus kanal kandidat karat karlsruhe karneval katalog kellermann
    kirchheim klinik kommission kompliment konsulat kornwestheim kreis landsberg landschaft landshut
    langenfeld langenhagen lehmann leinfelden leonhard lichtenberg logistik lokal ludwigsfelde
    ludwigshafen ludwigslust magdeburg magistrat maintal mandat manfred mannheim material medikament
    medium meerbusch mettmann milliarde million minister ministerium mission mittwoch modus moment
    montag motor museen museum musik musterung mühlhausen nachteil nation neumann nordhausen nordhorn
    oberfläche oberhausen offenbach oldenburg organismus ostern paragraf parlament partei parteien
    passion patent pension personal peter pfingsten physik pirat plastik plattform podium pokal politik
    portal potential prolog präsident präsidenten psychologe publikum quadrat quorum radius rainer
    rathaus referat reform regal regelmäßig regensburg regensburger region register reiner reinhard
    rektorat religion rheinfelden rhythmus richtlinie roland rosenheim rostock rüsselsheim saalfeld
    salat salzburg salzgitter salzwedel samstag sandmann schwerin schönfeld segment sektor
    selbstverständlich senat senator siegfried sieglinde signal soldat sonntag stadion station statistik
    status steinbach steinmeier student studenten studium talent technik telegraf temperament testament
    total tourismus traktor transfer transport turnus typus uniform union unterhalt unterricht urlaub
    urteil verantwortung verein version vertrag visum vokal vorteil wahrheit waldemar walter wassermann
    weihnacht weihnachten weinheim werner wieland wilhelmshaven wirtschaft wittenberg wolfenbüttel
    wolfgang wolfsburg wuppertal zentrum zimmermann zirkus zitat öffnung
    """
)
"""Words that are read as one, although a split of them seems possible."""

SHORT_LAST_ADJECTIVES = word_set("frei nah")
"""Adjectives of less than five letters that end a compound."""

LOOSE_PREFIXES = {
    "haupt": 4, "sonder": 4, "gesamt": 4, "ober": 6, "zwischen": 6, "neben": 6, "selbst": 6, "rück": 6,
    "mehr": 6,
}  # fmt: skip
"""First parts that stand only before a noun of so many letters: "Zwischenbericht", but not "Zwischenfall"."""

BASE_FORMS = {
    "achs": "achse", "alten": "alte", "baue": "bau", "bauten": "bauten", "blüh": "blühen",
    "bolz": "bolzen", "brems": "bremsen", "bundes": "bund", "daten": "daten", "dreh": "drehen",
    "ehren": "ehre", "essen": "essen", "fahr": "fahren", "halte": "halten", "hanse": "hanse",
    "hebe": "heben", "heiz": "heizen", "jungen": "junge", "kinder": "kind", "kirch": "kirche",
    "kosten": "kosten", "lade": "laden", "laden": "laden", "leben": "leben", "lehr": "lehre",
    "leit": "leiten", "leiter": "leiter", "lern": "lernen", "medien": "medien", "melde": "melden",
    "mess": "messen", "miet": "miete", "miets": "miete", "nord": "nord", "ober": "ober",
    "pflanz": "pflanzen", "rahmen": "rahmen", "raten": "rate", "ratten": "ratte", "reifen": "reifen",
    "sende": "senden", "spar": "sparen", "sprech": "sprechen", "strasse": "straße", "strassen": "straße",
    "streifen": "streifen", "such": "suchen", "tank": "tank", "tauben": "taube", "turn": "turnen",
    "wart": "warten", "warte": "warten", "wege": "weg", "west": "west", "wohn": "wohnen", "zähl": "zählen",
}  # fmt: skip
"""Base forms where the dictionary gives another reading."""
