"""What no dictionary says about German compounds: which short words stand in them, and which only seem to."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHORT_LAST = _words(
    "aal amt art bad bar bau box bus eck eid eis erz fan fuß gas gut hof hut job kur lok maß mut not ohr öl ort "
    "rad rat ruf see ski tag tal tat tee tod ton tor typ tür uhr weg zug gen akt abo app bot ehe web"
)
"""Words of two or three letters that end a compound."""

SHORT_FIRST = _words(
    "amt arm bad bau bio box bus eck ehe eid eil eis end erb erd ess erz fan fuß gas geh gen gut heu hof hör hut "
    "job kur löt lok mai maß müh näh not öko öl ohr ort ost rad rat roh rot ruf see seh ski süd süß tal tat tee "
    "tod ton top tor tür typ uhr uni web weg zug alt neu fun app akt ton"
)
"""First parts of two or three letters."""

NOT_LAST = _words(
    "ache aken alben aldo ampe amen ante arie asse bare bold born burg char cher chen dung eder egel elke elle ende eren "
    "erin erle esse este ester eule furt gere gier graf haft halt hort iden iker iler isch isen iter kant kost laut "
    "lein lekt ling lyse list lose magd nier niet part pein phon pion port rain rest röte rist rute sage same samt "
    "sein stag ster tand tang tein tete thek tick tier ting tote türe tung tute urne wurz loge logen logie ramm "
    "enten rente arten erben eier ehre ehren ernte inter iere erei erer eisen elei heit keit schaft tum nis ismus "
    "ment tion lings ation ter tor ern anten enge tau rate albe gram gramm skop meter mute tram trakt trage tragen "
    "kraten krat pathie nomie sophie grafie graphie kratie thermie metrie tomie weise kette zession sessel staus reise "
    "plus plage rede takt tung rung lung gung zung dung ladung stände stand standes gehen kommen leben nehmen "
    "ungen enden state essen eigen klage unge sport"
) - _words(
    "reise plage takt rede klage kette ladung leben rente ernte tier laut sport stand stände standes essen rest thek"
)
"""What seems to be a word but rarely is one at the end of a longer one: suffixes, endings of foreign words."""

NOT_FIRST = _words(
    "anti aber acht akt aller alter ander annes anna ante asse ausch bank_ be bei best bett_ bote bund_ chemo "
    "dank dar dazu drei ein eins ent er ergo etwas exi fort für ge gegen gen her hier hin hint homo ich ihr immer "
    "in ins inter kata kilo kind_ kon kontra lach lade lange lauf_ lieb man mar mega men meta miss mit mono nach "
    "nied null nur ober_ par para per pol pro quer ran rat_ re rein rück ruck sam samt sein selb selbst ser sie sol "
    "star start_ stil tran trans unter ver verb vers vier viel vize vor wahr_ weg wer wied wider wieder wir wohl zer zu "
    "zwei zwischen über ab an auf aus durch um un bis als am den der des die das dem ob wo wenn schon sich noch "
    "ster ter ten tor_ tel tele rest_ leb ges gest bes bek beg ber ans abb ant dis prä prae kap kol kor spi bel "
    "geb mas mus nat par part pass_ pat perm pest port post_ prob prof prot psych rad_ ref reg rek rel rep res "
    "sek sen sig sim sub super supp sus syn sys tab tat_ tem temp tex tri tur typ_ ult uni_ var vis voll zen "
    "halb erst mehr ihn ihm uns euch kein mein dein jed man sch wid unt geh_ mars kur_ lenk_ gar für"
)
"""Words that begin other words without being a part of them: prefixes, particles, numerals, chance."""

FIRST_ADJECTIVES = _words(
    "hoch groß klein neu alt jung früh spät fern nah tief flach frei rund grün rot blau schwarz weiß gelb grau bunt kalt "
    "warm heiß fein grob edel kurz lang schnell leicht schwer stark schwach sozial digital zentral regional lokal "
    "kommunal national international global spezial individual mobil live smart online offline intensiv aktiv "
    "passiv kreativ trocken offen eigen einzel gesamt mindest höchst mittel billig gleich fremd dritt kombi elektro "
    "hybrid bio öko solar agrar geo video audio mini mikro makro multi thermo hydro info innen außen ober "
    "haupt sonder neben zwischen stadt demo feucht nass roh rein breit steil scharf tot süß satt dünn dick voll "
    "privat zivil sozio kultur sofort sicher gebraucht gesund krank direkt total ideal normal optimal maximal "
    "minimal original real virtuell universal general kapital spezial zentral neutral dual rest landes bundes "
    "erneut solo duo trio quadrat kern vor nicht selbst rück mitte euro extra super hyper inter"
) - _words("vor nicht inter hyper super erneut satt total sozio")
"""First parts that are no noun: adjectives and combining forms."""

LOOSE_PREFIXES = _words("zwischen neben haupt sonder gesamt ober selbst rück")
"""First parts that stand only before a longer noun: "Zwischenbericht", but not "Zwischenfall"."""

WHOLE = _words(
    "haushalt handwerk hochzeit jahrhundert jahrtausend jahrzehnt landschaft wirtschaft vorteil nachteil urteil "
    "gegenteil transport export import antwort verantwortung aufenthalt inhalt unterhalt unterricht minister "
    "ministerium register magistrat kandidat apparat senat senator salat soldat format automat demokrat demokratie "
    "motor direktor sektor faktor traktor alarm arbeiter begleiter transfer kreis gewerbe gewerbes hundert "
    "partei parteien musterung darmstadt mannheim halberstadt karlsruhe landshut hamburg regensburg freiburg salzburg "
    "wolfsburg ludwigshafen wilhelmshaven bremerhaven friedrichshafen rosenheim ingolstadt oldenburg rostock schwerin "
    "wahrheit freiheit hoffnung öffnung bildung verein vertrag antrag auftrag beitrag urlaub bezirk erfolg besuch "
    "gebäude gelände gesetz gebiet geburt gefahr gehalt gehweg_ gemeinde gericht geschäft gesicht gespräch getränk "
    "mandat diktat zitat attentat konsulat dekanat rektorat referat internat inserat quadrat pirat karat "
    "weihnacht weihnachten ostern pfingsten montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "uniform plattform reform plastik elastik politik statistik logistik musik klinik technik physik "
    "pension station nation million milliarde region religion union version mission kommission passion explosion "
    "turnus globus radius bonus campus zirkus kaktus fokus modus status typus rhythmus organismus tourismus "
    "student studenten präsident präsidenten assistent patent talent parlament element dokument instrument argument "
    "moment segment fundament medikament experiment temperament testament kompliment appartement departement "
    "paragraf telegraf fotograf biograf biologe geologe psychologe dialog katalog prolog epilog analog "
    "journal kanal lokal pokal portal regal signal total vokal festival karneval material personal potential "
    "stadion podium medium studium publikum zentrum museum museen forum datum album visum quorum "
    "walter werner peter günter dieter heiner reiner rainer manfred gottfried siegfried friedrich heinrich "
    "waldemar hartmut helmut gerhard bernhard reinhard eberhard leonhard burkhard wolfgang hildegard irmgard "
    "adelheid roland wieland ferdinand"
)
"""Words that are read as one, although a split of them seems possible."""

BASE_FORMS = {
    "daten": "daten", "medien": "medien", "kosten": "kosten", "bauten": "bauten", "kinder": "kind",
    "kirch": "kirche", "bundes": "bund", "stadt": "stadt", "ober": "ober", "bau": "bau", "lehr": "lehre",
    "miet": "miete", "park": "park", "wege": "weg", "leiter": "leiter", "steuer": "steuer", "wart": "warten",
    "miets": "miete", "eltern": "eltern", "ferien": "ferien", "grund": "grund", "wahl": "wahl", "lauf": "lauf",
    "spiel": "spiel", "rats": "rat", "ratten": "ratte", "raten": "rate", "baue": "bau",
}  # fmt: skip
"""Base forms where the dictionary gives another reading."""
