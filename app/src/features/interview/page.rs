//! The interview's page: question, conversation, composer.

use domain::event::Topic;
use domain::interview::{InterviewView, Mode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::api::{FinishInterview, ResumeInterview, SendAnswer, SkipQuestion, interview};
use super::composer::Composer;
use super::conversation::Conversation;
use super::ended::Ended;
use super::open_question::OpenQuestion;
use super::stage::{Stage, is_open};
use super::transcript::said_last;
use super::trouble::{Offline, Trouble};
use crate::error::Failure;
use crate::features::live;
use crate::ui::{FailedPage, Icon, Look, PageHeader, Skeleton, SubmitButton, Toasts, failure_of};

/// Shows `/interview/{id}`.
#[component]
pub fn InterviewPage() -> impl IntoView {
    let params = use_params_map();
    let state = Resource::new_blocking(move || params.read().get("id").unwrap_or_default(), load);
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                let (state, fetched) = state.await;
                match state {
                    Ok(view) => view! { <Room view=view fetched=fetched/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The interview, and whether the page in the browser fetched it: then none of it was shown before.
fn load(id: String) -> impl Future<Output = (Result<InterviewView, Failure>, bool)> + Send + 'static {
    let fetched = is_browser();
    async move { (interview(id).await, fetched) }
}

/// The page of an interview that there is.
#[component]
fn Room(view: InterviewView, fetched: bool) -> impl IntoView {
    let send = ServerAction::<SendAnswer>::new();
    let skip = ServerAction::<SkipQuestion>::new();
    let finish = ServerAction::<FinishInterview>::new();
    let resume = ServerAction::<ResumeInterview>::new();
    let (id, setup) = (view.id, view.setup.clone());
    let (title, sentence) = (format!("Interview: {}", setup.role.name()), about(&view));

    let stage = Stage::new(view, fetched);
    let forgive = move || {
        stage.failure.set(None);
        drop_failure(send);
        drop_failure(skip);
        drop_failure(finish);
    };
    follow(stage, send, forgive);
    follow(stage, skip, forgive);
    let reload = move |()| {
        forgive();
        stage.reload();
    };
    Effect::new(move || {
        if resume.value().with(|value| matches!(value, Some(Ok(())))) {
            reload(());
        }
    });

    let pending = [send.pending(), skip.pending(), finish.pending(), resume.pending()];
    let acting = move || pending.iter().any(|pending| pending.try_get_untracked() == Some(true));
    let toasts = expect_context::<Toasts>();
    live::on(Topic::Interview(id), move |news| stage.follow(news, toasts, acting));

    let open = Memo::new(move |_| stage.view.with(is_open));
    let turn = Memo::new(move |_| stage.view.with(|view| view.turn));
    let question = Memo::new(move |_| stage.view.with(|view| view.question.clone()));
    let sending = Signal::derive(move || send.input().with(|input| input.as_ref().map(|input| input.answer.clone())));
    let busy = Signal::derive(move || skip.pending().get() || finish.pending().get());
    let failures = [failure_of(send), failure_of(skip), failure_of(finish), stage.failure.into()];
    let composer = move || {
        let (refused, said) =
            stage.view.with_untracked(|view| (view.draft.clone(), said_last(view).map(str::to_owned)));
        view! {
            <Composer id=id turn=turn refused=refused said=said send=send busy=busy>
                <SubmitButton look=Look::Secondary pending=skip.pending() attr:form="skip-question">{Icon::Skip.view()}"Skip question"</SubmitButton>
                <SubmitButton look=Look::Quiet pending=finish.pending() attr:form="finish-interview">{Icon::Flag.view()}"Finish interview"</SubmitButton>
            </Composer>
            <ActionForm action=skip attr:id="skip-question">
                <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
                <input type="hidden" name="turn" value=move || turn.get().to_string() autocomplete="off"/>
            </ActionForm>
            <ActionForm action=finish attr:id="finish-interview">
                <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
            </ActionForm>
        }
    };
    view! {
        <PageHeader title=title sentence=sentence/>
        <div class="mt-6 grid gap-6 lg:grid-cols-[18rem_minmax(0,1fr)] lg:items-start">
            <aside class="lg:sticky lg:top-6" class:hidden=move || !open.get()>
                <OpenQuestion question=question setup=setup/>
            </aside>
            <div class="grid gap-6" class=("lg:col-span-2", move || !open.get())>
                <Conversation view=stage.view words=stage.words sending=sending on_stop=Callback::new(move |()| stage.stop()) on_again=Callback::new(move |()| stage.say_again())/>
                <Offline words=stage.words/>
                {move || if open.get() {
                    view! {
                        <div class="grid gap-3 border-t border-base-300 pt-4">
                            <Trouble failures=failures.to_vec() on_reload=Callback::new(reload)/>
                            {composer()}
                        </div>
                    }.into_any()
                } else {
                    view! { <Ended view=stage.view.get() resume=resume/> }.into_any()
                }}
            </div>
        </div>
    }
    .into_any()
}

/// Shows what came of `action`; once it succeeds, earlier failures are forgiven.
fn follow<S>(stage: Stage, action: ServerAction<S>, forgive: impl Fn() + Send + Sync + 'static)
where
    S: ServerFn<Output = InterviewView, Error = Failure> + Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        if let Some(Ok(view)) = action.value().get() {
            forgive();
            stage.accept(view);
        }
    });
}

/// Forgets that `action` failed.
fn drop_failure<S>(action: ServerAction<S>)
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    if action.value().with_untracked(|value| matches!(value, Some(Err(_)))) {
        action.clear();
    }
}

/// What was chosen, in a sentence.
fn about(view: &InterviewView) -> String {
    let setup = &view.setup;
    let when = match setup.mode {
        Mode::Study => "feedback after each answer",
        Mode::Real => "feedback at the end",
    };
    format!(
        "Level: {}. Questions: {}. Mode: {when}.",
        setup.level.name().to_ascii_lowercase(),
        setup.kind.name().to_ascii_lowercase()
    )
}
