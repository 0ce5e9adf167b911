"""The words of the little English-French language, with the forms that they take."""

from typing import Final, NamedTuple


class Noun(NamedTuple):
    """A noun in both languages, one and several; some take several words in French."""

    english: str
    several: str
    french: str
    french_several: str
    feminine: bool


class Adjective(NamedTuple):
    """An adjective, and its forms in French: masculine, feminine, and both of several."""

    english: str
    french: tuple[str, str, str, str]
    before: bool = False  # whether it stands before its noun in French
    before_vowel: str = ""  # masculine, before a vowel


class Verb(NamedTuple):
    """A verb: sleep, sleeps, sleeping; dort, dorment."""

    english: str
    third: str
    doing: str
    french: str
    french_several: str


def _rows(text: str) -> list[list[str]]:
    return [line.split(", ") for line in text.strip().splitlines()]


def _nouns(text: str, *, feminine: bool) -> list[Noun]:
    return [Noun(one, many, un, des, feminine) for one, many, un, des in _rows(text)]


def _verbs(text: str) -> list[Verb]:
    return [Verb(*forms) for forms in _rows(text)]


def _after(text: str) -> list[Adjective]:
    return [
        Adjective(english, (one, two, three, four))
        for english, one, two, three, four in _rows(text)
    ]


BEINGS: Final = _nouns(
    """
cat, cats, chat, chats
dog, dogs, chien, chiens
bird, birds, oiseau, oiseaux
horse, horses, cheval, chevaux
boy, boys, garçon, garçons
man, men, homme, hommes
child, children, enfant, enfants
friend, friends, ami, amis
king, kings, roi, rois
wolf, wolves, loup, loups
teacher, teachers, professeur, professeurs
doctor, doctors, médecin, médecins
""",
    feminine=False,
) + _nouns(
    """
girl, girls, fille, filles
woman, women, femme, femmes
cow, cows, vache, vaches
mouse, mice, souris, souris
queen, queens, reine, reines
goat, goats, chèvre, chèvres
actress, actresses, actrice, actrices
grandmother, grandmothers, grand-mère, grands-mères
""",
    feminine=True,
)

THINGS: Final = _nouns(
    """
book, books, livre, livres
tree, trees, arbre, arbres
cake, cakes, gâteau, gâteaux
egg, eggs, œuf, œufs
boat, boats, bateau, bateaux
garden, gardens, jardin, jardins
hat, hats, chapeau, chapeaux
train, trains, train, trains
""",
    feminine=False,
) + _nouns(
    """
apple, apples, pomme, pommes
potato, potatoes, pomme de terre, pommes de terre
house, houses, maison, maisons
flower, flowers, fleur, fleurs
letter, letters, lettre, lettres
car, cars, voiture, voitures
door, doors, porte, portes
school, schools, école, écoles
""",
    feminine=True,
)

NOUNS: Final = BEINGS + THINGS

BEFORE: Final = [
    Adjective("small", ("petit", "petite", "petits", "petites"), True),
    Adjective("big", ("grand", "grande", "grands", "grandes"), True),
    Adjective("beautiful", ("beau", "belle", "beaux", "belles"), True, "bel"),
    Adjective("old", ("vieux", "vieille", "vieux", "vieilles"), True, "vieil"),
    Adjective("young", ("jeune", "jeune", "jeunes", "jeunes"), True),
    Adjective("good", ("bon", "bonne", "bons", "bonnes"), True),
]

AFTER: Final = _after(
    """
black, noir, noire, noirs, noires
white, blanc, blanche, blancs, blanches
red, rouge, rouge, rouges, rouges
green, vert, verte, verts, vertes
blue, bleu, bleue, bleus, bleues
strange, étrange, étrange, étranges, étranges
strong, fort, forte, forts, fortes
funny, drôle, drôle, drôles, drôles
expensive, cher, chère, chers, chères
sad, triste, triste, tristes, tristes
"""
)

ALONE: Final = _verbs(
    """
sleep, sleeps, sleeping, dort, dorment
run, runs, running, court, courent
sing, sings, singing, chante, chantent
walk, walks, walking, marche, marchent
laugh, laughs, laughing, rit, rient
swim, swims, swimming, nage, nagent
wait, waits, waiting, attend, attendent
dance, dances, dancing, danse, dansent
arrive, arrives, arriving, arrive, arrivent
fall, falls, falling, tombe, tombent
"""
)

WITH_OBJECT: Final = _verbs(
    """
eat, eats, eating, mange, mangent
watch, watches, watching, regarde, regardent
help, helps, helping, aide, aident
draw, draws, drawing, dessine, dessinent
buy, buys, buying, achète, achètent
take, takes, taking, prend, prennent
find, finds, finding, trouve, trouvent
lose, loses, losing, perd, perdent
paint, paints, painting, peint, peignent
follow, follows, following, suit, suivent
"""
)

# English of one, English of several; French masculine, feminine, before a vowel, of several.
DETERMINERS: Final = (
    ("the", "the", ("le", "la", "l'", "les")),
    ("a", "some", ("un", "une", "", "des")),
    ("my", "my", ("mon", "ma", "mon", "mes")),
    ("this", "these", ("ce", "cette", "", "ces")),
)
PRONOUNS: Final = {"he": ("il", False), "she": ("elle", False), "they": ("ils", True)}
