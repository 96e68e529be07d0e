"""Documents: the sheets, their formats and versions, a person’s template, dignity."""

from bot.domain import dossier
from bot.domain.conversation import (
    PanelOpened,
    PassageKept,
    QuestionOpened,
    SheetRequested,
    StepOpened,
    TemplateRemoved,
    TemplateRequested,
)
from bot.domain.dignity import passages
from bot.domain.dossier import Act, may
from bot.domain.engine.documents import ANNEXED, FROZEN, MESSAGE, SINCE
from bot.domain.engine.moving import HEADER
from bot.domain.engine.templates import AWAITED, THIS_DOSSIER
from bot.render import projects as around
from bot.render.cards import resume_row
from bot.render.panels.languages import name, of_sheet, told
from bot.render.panels.rows import grid
from bot.render.reply import Body, Button, Rows
from bot.render.view import View

FORMATS = (
    ("show", "html"), ("work", "html"), ("show", "md"), ("work", "md"),
    ("show", "docx"), ("work", "docx"), ("work", "json"), ("work", "csv"),
    ("work", "png"), ("show", "first_page"), ("blank", "pdf"),
)  # fmt: skip

READ = ("html", "md", "docx")  # of these, the formats that hold annexes
JOINED = "annexed"


def export(view: View, argument: str) -> Body:
    """`argument`: "annexed" when the sheets of the project's other dossiers are to be joined."""
    word, beside = view.words.word, _beside(view)
    annexed = ANNEXED if argument == JOINED and beside else ""
    show, work = f"show{annexed}", f"work{annexed}"
    joining = Button(word("alone" if annexed else "annex"), _page("export", "" if annexed else "+"))
    rows = (
        (Button(word("show_pdf"), SheetRequested(show, "pdf")),),
        (Button(word("work_pdf"), SheetRequested(work, "pdf")),),
        (Button(word("show_message"), SheetRequested(show, MESSAGE)),),
        (Button(word("work_message"), SheetRequested(work, MESSAGE)),),
        *(((joining,),) if beside else ()),
        (
            Button(word("other_formats"), _page("formats", annexed)),
            Button(word("header"), StepOpened(HEADER)),
        ),
        (Button(word("versions"), PanelOpened("versions")),),
    )
    language: Rows = ()
    if len(told(view)) > 1:
        label = word("sheet_language", name=name(of_sheet(view)))
        language = ((Button(label, PanelOpened("sheet_language")),),)
    text = view.words.page("export", annexed=beside if annexed else [])
    return Body(text, (*rows, *language, resume_row(view)))


def _page(name: str, annexed: str) -> PanelOpened:
    return PanelOpened(name, JOINED if annexed else "")


def _beside(view: View) -> list[str]:
    """What the other dossiers of the project are, by the titles of their flows."""
    here = around.in_hand(view)
    return [
        around.title(view, one.flow)
        for one in (around.same_project(view, here) if here else ())
        if here and one.id != here.id and (one.flow or view.flows.first) in view.flows
    ]


def versions(view: View, _: str) -> Body:
    word = view.words.word
    rows = (
        (Button(word("freeze"), SheetRequested(FROZEN, MESSAGE)),),
        (Button(word("since_pdf"), SheetRequested(SINCE, "pdf")),),
        (Button(word("sheet"), PanelOpened("export")),),
    )
    return Body(view.words.page("versions"), (*rows, resume_row(view)))


def share(view: View, _: str) -> Body:
    """The first page as a message to forward; a step that could expose people stays here."""
    strengths = view.some_strengths(1)
    first = next(iter(view.points.first), None)
    safe = first and not first.rule.harm
    text = view.words.page(
        "share",
        name=view.project_name,
        sentence=view.sentence,
        strength=strengths[0] if strengths else None,
        next_step=view.wording.text(first.rule.first_step) if first and safe else "",
        date=view.date,
    )
    return Body(text, (resume_row(view),))


def formats(view: View, argument: str) -> Body:
    word = view.words.word
    annexed = ANNEXED if argument == JOINED and _beside(view) else ""
    buttons = [
        Button(
            word(f"{document}_{form}"),
            SheetRequested(f"{document}{annexed if form in READ else ''}", form),
        )
        for document, form in FORMATS
        if form in view.formats and (form != "first_page" or view.flow.first_page)
    ]
    own = ((Button(word("template"), PanelOpened("template")),),) if "docx" in view.formats else ()
    return Body(view.words.page("formats"), (*grid(buttons, 2), *own, resume_row(view)))


def template(view: View, scope: str) -> Body:
    """`scope`: what a document sent now serves, "dossier" or all of them."""
    word, conversation = view.words.word, view.conversation
    here, dossier = scope == THIS_DOSSIER, conversation.dossier or 0
    rows: list[tuple[Button, ...]] = []
    if conversation.template or conversation.dossier_template:
        show, work = SheetRequested("show", "docx"), SheetRequested("work", "docx")
        rows.append((Button(word("template_show"), show), Button(word("template_work"), work)))
    for kept, suffix, whose in (
        (conversation.dossier_template, "_here", dossier),
        (conversation.template, "", 0),
    ):
        if kept:
            own = Button(word(f"template_own{suffix}"), TemplateRequested(True, whose))
            rows.append((own, Button(word(f"template_remove{suffix}"), TemplateRemoved(whose))))
    if here:
        rows.append((Button(word("template_for_all"), PanelOpened(AWAITED)),))
    elif dossier and may(conversation.together, Act.GOVERN):
        rows.append((Button(word("template_for_one"), PanelOpened(AWAITED, THIS_DOSSIER)),))
    rows.append((Button(word("template_sample"), TemplateRequested(False, 0)),))
    text = view.words.page(
        "template",
        kept=conversation.template,
        kept_here=conversation.dossier_template,
        here=here,
    )
    return Body(text, (*rows, resume_row(view)))


def header(view: View, argument: str) -> Body:
    word = view.words.word
    document, _, form = argument.partition(":")
    return Body(
        view.words.page("header"),
        (
            (Button(word("complete_now"), StepOpened(HEADER)),),
            (Button(word("send_as_is"), SheetRequested(document or "show", form or "pdf")),),
        ),
    )


def dignity(view: View, argument: str) -> Body:
    """A passage that may point at somebody: kept or reworded, one after the other."""
    word, conversation = view.words.word, view.conversation
    document, _, form = argument.partition(":")
    found = passages(view.flow, dossier.printed(view.flow, conversation))
    left = [one for one in found if one.key not in conversation.reread]
    if not left:
        return export(view, "")
    first = left[0]
    text = view.words.page(
        "dignity", name=view.name(first.question), passage=first, others=len(left) - 1
    )
    rows: list[tuple[Button, ...]] = [
        (
            Button(word("keep_passage"), PassageKept(first.key, document, form)),
            Button(word("reword"), QuestionOpened(first.question, True)),
        )
    ]
    if len(left) > 1:
        rows.append((Button(word("keep_all"), PassageKept("", document, form)),))
    return Body(text, (*rows, resume_row(view)))
