"""The engine as a person meets it: each test is a sentence about the conversation."""

import pytest

from bot.domain import conversation as c
from tests.play import Play, begun, flow, walk


def asked(play: Play) -> str:
    assert isinstance(play.place, c.At), play.place
    return play.place.question


def test_nothing_is_kept_before_consent() -> None:
    play = Play()
    play.send("Un projet de jardin partagé")
    assert "n’a pas été gardé" in play.text
    assert play.written == []
    assert not play.conversation.consented
    play.click("Découvrir")
    play.click("J’accepte et je commence")
    assert any(isinstance(one, c.RecordConsent) for one in play.written)


def test_the_first_page_takes_at_most_25_acts_and_the_essential_80() -> None:
    play = begun("La première page")
    play.acts = 0
    walk(play, c.FirstPageEnd, texts=["Jeunes et métiers", "Valombre", "Oued-Sel"])
    assert play.acts <= 25
    assert "À Valombre et à Oued-Sel, nous voulons accompagner des jeunes" in play.text
    play.click("Continuer")
    walk(play, c.Review)
    assert play.acts <= 80
    assert not play.conversation.answers.keys() ^ {
        one for one in play.conversation.answers if one in play.flow.questions
    }


def test_every_question_of_the_method_is_met_in_depth() -> None:
    play = begun("En profondeur")
    walk(play, c.Review)
    assert set(flow().counted) <= play.conversation.answers.keys()
    shown = play.conversation.follow_ups
    assert all(len(one) <= 2 for one in shown.values())
    assert sum(map(len, shown.values())) >= 19


def test_a_second_start_resumes_and_makes_no_second_draft() -> None:
    play = begun()
    play.send("Cuisines ouvertes")
    before = play.conversation.answers
    for _ in range(3):
        play.send("/start")
    assert play.labels[0].startswith("Reprendre à")
    assert len(play.shelf) == 1
    play.click("Reprendre")
    assert play.conversation.answers == before


def test_a_double_tap_acts_once() -> None:
    play = begun()
    play.send("Un nom")
    button = play.button("Association ou ONG")
    play.act(button.event)
    place = play.place
    play.act(button.event)
    assert play.place == place
    assert play.reply.toast == "C’est déjà noté."
    assert play.answered("I_role").options == ("association_ong",)


def test_a_double_tap_on_a_tick_keeps_it_ticked() -> None:
    play = begun()
    play.act(c.StepOpened("etape1"))
    tick = play.button("Notre métier à partager")
    play.act(tick.event)
    play.act(tick.event)
    assert play.answered("Q1").options == ("coeur_metier",)


def test_a_button_of_an_old_card_says_so_and_offers_to_modify() -> None:
    play = begun()
    play.act(c.StepOpened("etape2"))
    old = play.button("Plan local déjà existant")
    play.click("Les deux territoires étudiés")
    walk(play, c.StepEnd)
    play.act(old.event)
    assert "n’est plus la carte en cours" in play.reply.toast
    assert play.answered("Q4").options == ("croise",)
    play.click("Modifier Q4")
    assert asked(play) == "Q4"
    play.click("Plan local déjà existant")
    assert play.answered("Q4").options == ("plan_local",)
    assert isinstance(play.place, c.StepEnd)


def test_exclusive_options_clear_the_others_and_are_cleared() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q8"))
    play.click("L’idée vient d’eux", "Ils décident avec nous", "Pas encore associés")
    assert play.answered("Q8").options == ("absente",)
    play.click("Ils décident avec nous")
    assert play.answered("Q8").options == ("gouvernance",)


def test_going_back_never_loses_an_answer() -> None:
    play = begun()
    walk(play, c.StepEnd)
    before = dict(play.conversation.answers)
    for _ in range(40):
        if "◀ Retour" not in play.labels:
            break
        play.click("◀ Retour")
    assert play.conversation.answers == before


def test_skipping_a_ticked_question_keeps_the_ticks() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q8"))
    play.click("L’idée vient d’eux")
    play.act(c.Skipped("Q8", play.conversation.revision))
    assert play.answered("Q8").options == ("initiatrice",)


def test_words_written_in_several_messages_make_one_answer() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    for words in ("Nous avons marché.", "Puis nous avons écouté.", "Enfin nous avons écrit."):
        play.send(words)
    assert "3 messages" in play.text
    play.click("Continuer")
    assert play.answered("Q4").text.count("\n") == 2


def test_words_that_joined_the_next_question_can_be_moved() -> None:
    play = begun("En profondeur")
    play.act(c.StepOpened("etape2"))
    play.click("Les deux territoires étudiés")
    after = asked(play)
    assert after != "Q4"
    play.send("Une précision sur le diagnostic")
    play.click("Plutôt à Q4")
    assert play.answered("Q4").text == "Une précision sur le diagnostic"
    assert not play.answered(after).given


def test_correcting_a_sent_message_corrects_the_answer() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    message = play.send("Nous avons étudié Valombe.")
    play.send("Et Oued-Sel.")
    play.edit(message, "Nous avons étudié Valombre.")
    assert play.answered("Q4").text == "Nous avons étudié Valombre.\nEt Oued-Sel."


def test_a_reply_to_a_card_completes_the_question_it_shows() -> None:
    play = begun()
    play.send("Un nom")
    here = play.place
    play.send("Un ajout au diagnostic", reply_to="Q4")
    assert play.answered("Q4").text == "Un ajout au diagnostic"
    assert play.place == here
    assert "Q4" in play.text


def test_words_after_the_end_of_a_step_are_kept_with_the_last_question() -> None:
    play = begun()
    walk(play, c.StepEnd)
    play.send("Encore un mot")
    assert any("Encore un mot" in one.text for one in play.conversation.answers.values())
    assert "je l’ai ajouté" in play.text


def test_a_text_without_a_tick_counts_as_another_answer() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4"))
    play.send("Autrement : une étude ancienne")
    play.click("Continuer")
    assert play.answered("Q4").options == ()
    assert play.answered("Q4").given


def test_writing_an_option_chooses_it() -> None:
    play = begun()
    play.act(c.QuestionOpened("I_territoires_pays_la_bas"))
    play.send("senegal")
    assert play.answered("I_territoires_pays_la_bas").options == ("sn",)


@pytest.mark.parametrize("kind", ["sticker", "contact", "poll", "button", "dice"])
def test_what_no_answer_can_hold_gets_a_useful_reply(kind: str) -> None:
    play = begun()
    place = play.place
    play.give(kind)
    assert play.place == place
    assert play.text
    assert play.labels


def test_a_contact_is_refused_because_it_is_personal() -> None:
    play = begun()
    play.give("contact")
    assert "ni nom ni numéro" in play.text


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "location", "video", "audio"])
def test_files_are_kept_with_the_answer(kind: str) -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    play.give(kind, caption="Une légende" if kind == "photo" else "")
    assert play.answered("Q4").attachments[0].kind == kind
    if kind == "photo":
        assert play.answered("Q4").text == "Une légende"


def test_files_beyond_the_quota_are_refused_kindly() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    play.give("document", size=21_000_000)
    assert "dépasse 20 Mo" in play.text
    play.give("document", size=19_000_000)
    play.give("document", size=19_000_000)
    play.give("document", size=19_000_000)
    assert "n’a pas été gardé" in play.text
    assert len(play.answered("Q4").attachments) == 2


def test_too_many_messages_in_a_minute_are_said_kindly() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    play.clock -= 10_000
    for _ in range(play.conversation.limits.messages_per_minute + 1):
        play.clock -= 1
        play.send("Bonjour")
    assert "trop vite" in play.text


def test_a_long_line_is_kept_whole_and_said_long() -> None:
    play = begun()
    play.act(c.QuestionOpened("I_phrase"))
    play.send("Une phrase. " * 30)
    assert "360 caractères" in play.text
    assert len(play.answered("I_phrase").text) == 360


def test_ten_thousand_characters_are_kept_whole() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    long = "".join(f"{n} mots, " for n in range(1500))[:10_000]
    play.send(long)
    assert play.answered("Q4").text.replace("\n", "") == long
    assert len(play.reply.text) < 4096


@pytest.mark.parametrize(
    "words", ["<b>gras</b> & co", "مرحبا بكم", "{{ 7*7 }}", "👩‍🌾🌍", "%(name)s", "{ici}"]
)
def test_no_text_breaks_a_card(words: str) -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4", telling=True))
    play.send(words)
    assert words in play.text
    play.act(c.QuestionOpened("I_nom"))
    play.send(words)
    play.send("/projets")
    assert play.text


def test_a_tap_on_a_question_that_the_flow_lost_is_answered() -> None:
    play = begun()
    for event in (
        c.OptionChosen("Q99", 3, 0),
        c.Continued("Q99", 3),
        c.QuestionOpened("Q99"),
        c.StepOpened("etape99"),
        c.TextMoved("Q99"),
        c.PointHandled("V99.9", "done"),
        c.DossierOpened(99),
    ):
        play.act(event)
        assert play.text


def test_an_association_without_an_authority_is_asked_only_to_confirm_q9() -> None:
    play = begun()
    play.act(c.QuestionOpened("I_role"))
    play.click("Association ou ONG")
    play.act(c.QuestionOpened("Q1_place"))
    assert "Un accord entre collectivités entoure-t-il ce sujet" in play.text
    play.click("Sans accord de collectivités")
    play.act(c.QuestionOpened("Q9"))
    assert "c’est bien cela" in play.text
    assert play.labels[:2] == ["Oui", "Montrer les choix"]
    play.click("Montrer les choix")
    assert "Aucune collectivité" in play.labels
    assert "quels services y travaillent réellement" in play.text
    play.act(c.QuestionOpened("Q7_pilotage"))
    assert play.labels[0] == "Association ou ONG"


def test_a_partner_abroad_reads_every_label_from_its_own_side() -> None:
    play = begun()
    play.send("Un nom")
    play.click("Collectivité d’un autre pays")
    play.click("Maroc")
    play.send("Oued-Sel")
    play.send("en Savoie")
    play.click("France")
    play.act(c.QuestionOpened("Q1"))
    assert "Demande d’Oued-Sel" in play.labels
    play.act(c.QuestionOpened("Q7_pilotage"))
    assert {"Savoie surtout", "Oued-Sel surtout"} <= set(play.labels)
    play.click("Oued-Sel surtout")
    assert play.answered("Q7_pilotage").options == ("cote_partenaire",)
    play.act(c.QuestionOpened("Q16"))
    assert "Qu’est-ce que le projet apporte à Oued-Sel ?" in play.text
    play.send("Des emplois de saison")
    play.click("Continuer")
    assert "Et selon vous, en Savoie ?" in play.text
    play.act(c.QuestionOpened("Q13"))
    assert "Oued-Sel paie peu à peu plus" in play.labels


def test_a_place_in_the_question_is_said_without_a_name_until_it_has_one() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q4"))
    assert "Seulement chez eux" in play.labels
    play.act(c.QuestionOpened("Q13"))
    assert "L’autre paie peu à peu plus" in play.labels


def test_two_dossiers_are_listed_opened_and_deleted() -> None:
    play = begun()
    play.send("Premier")
    play.send("/projets")
    play.click("Nouveau dossier")
    play.click("L’essentiel")
    play.send("Second")
    play.send("/projets")
    assert "Premier" in play.text
    play.click("Premier", "Ouvrir")
    assert play.answered("I_nom").text == "Premier"
    play.send("/projets")
    play.click("Second", "Supprimer ce dossier", "Oui, supprimer ce dossier")
    assert len(play.shelf) == 1


def test_deleting_everything_asks_first_and_leaves_nothing() -> None:
    play = begun()
    play.send("Un nom")
    play.send("/supprimer")
    play.click("Non, tout garder")
    assert play.answered("I_nom").given
    play.send("/supprimer")
    play.click("Oui, tout supprimer")
    assert play.conversation.answers == {}
    assert not play.conversation.consented
    assert any(isinstance(one, c.DeletePerson) for one in play.effects)


@pytest.mark.parametrize(
    "name", ["aide", "manque", "vigilance", "modifier", "projets", "fiche", "exporter", "rythme", "etapes",
             "pause", "privacy", "confidentialite", "supprimer", "mesdonnees", "help", "settings"],
)  # fmt: skip
def test_every_command_answers_and_leads_back_to_the_question(name: str) -> None:
    play = begun()
    play.send("Un nom")
    place = play.place
    play.send(f"/{name}")
    assert play.reply.text
    back = [label for label in play.labels if label.startswith(("Reprendre", "Non, tout garder"))]
    if back:
        play.click(back[0])
    assert play.place == place


def test_a_point_is_planned_in_three_short_texts_and_taken_back() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q6"))
    play.click("Un seul, l’autre valide")
    play.send("/vigilance")
    assert "Ne pas faire valider un texte fini" in play.text
    assert "Un seul, l’autre valide" in play.text
    play.click("Traiter : Ne pas faire", "C’est prévu")
    play.send("Rouvrir le texte")
    play.send("La chargée de mission")
    play.send("Avant l’été")
    assert play.conversation.handled["V2.17"] == c.Handling(
        "planned", "Rouvrir le texte", "La chargée de mission", "Avant l’été"
    )
    assert "Rouvrir le texte, La chargée de mission, Avant l’été" in play.text
    play.click("Ne pas faire valider un texte fini", "Reprendre ce point")
    assert play.conversation.handled == {}


def test_a_point_whose_cause_is_gone_is_settled() -> None:
    play = begun()
    play.act(c.QuestionOpened("Q6"))
    play.click("Un seul, l’autre valide")
    play.act(c.PointHandled("V2.17", "done"))
    assert "Ne pas faire valider un texte fini : C’est fait" in play.text
    play.act(c.QuestionOpened("Q6"))
    play.click("Tous ensemble")
    play.send("/vigilance")
    assert "Ne pas faire valider un texte fini : Réglé" in play.text


def test_the_header_is_proposed_once_before_the_first_file() -> None:
    play = begun()
    play.send("/exporter")
    play.click("Fiche à montrer (PDF)")
    assert "en-tête de la fiche est encore vide" in play.text
    play.click("Envoyer sans compléter")
    assert play.reply.wanted[0].format == "pdf"


def test_changing_rhythm_keeps_answers_and_takes_up_what_is_untold() -> None:
    play = begun("La première page")
    walk(play, c.FirstPageEnd)
    before = dict(play.conversation.answers)
    play.click("En profondeur")
    assert play.conversation.answers == before
    assert isinstance(play.place, c.At)
