//! The palette: every page and action by a few letters, opened with Ctrl K or Cmd K.

use leptos::ev::{KeyboardEvent, keydown};
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;

use super::Icon;
use super::keys::{Opens, opens};
use super::shortcuts::ShortcutsDialog;

/// Something the palette can do.
#[derive(Clone)]
pub struct Command {
    /// What it does, in a few words.
    pub label: &'static str,
    /// Its icon.
    pub icon: Icon,
    /// Does it.
    pub run: Callback<()>,
}

/// The palette and the list of keys. They exist in the browser alone, once they are asked for.
#[component]
pub fn Palette(
    /// What it offers, in this order.
    commands: Vec<Command>,
) -> impl IntoView {
    // What was asked for and is not open yet.
    let (asked, set_asked) = signal(None);
    let needed = Memo::new(move |before| asked.with(Option::is_some) || before == Some(&true));
    let palette = NodeRef::<Dialog>::new();
    let shortcuts = NodeRef::<Dialog>::new();
    Effect::new(move || {
        let handle = window_event_listener(keydown, move |event| {
            if let Some(opens) = opens(&event) {
                event.prevent_default();
                set_asked.set(Some(opens));
            }
        });
        on_cleanup(move || handle.remove());
    });
    Effect::new(move || {
        if let (Some(asked), Some(palette), Some(shortcuts)) = (asked.get(), palette.get(), shortcuts.get()) {
            match asked {
                Opens::Palette => show(&palette, &shortcuts),
                Opens::Shortcuts => show(&shortcuts, &palette),
            }
            set_asked.set(None);
        }
    });
    let commands = StoredValue::new(commands);
    move || needed.get().then(|| Suspend::new(dialogs(palette, commands.get_value(), shortcuts)))
}

fn show(open: &HtmlDialogElement, close: &HtmlDialogElement) {
    close.close();
    if !open.open() {
        // It refuses only when it is open already.
        let _ = open.show_modal();
    }
}

/// Both dialogs. Their code is fetched when one is first asked for.
#[lazy]
fn dialogs(palette: NodeRef<Dialog>, commands: Vec<Command>, shortcuts: NodeRef<Dialog>) -> AnyView {
    view! {
        <PaletteDialog node_ref=palette commands=commands shortcuts=shortcuts/>
        <ShortcutsDialog node_ref=shortcuts/>
    }
    .into_any()
}

/// A field with the commands that match it: arrows choose, Enter runs.
#[component]
fn PaletteDialog(node_ref: NodeRef<Dialog>, commands: Vec<Command>, shortcuts: NodeRef<Dialog>) -> impl IntoView {
    let (wanted, set_wanted) = signal(String::new());
    let (chosen, set_chosen) = signal(0_usize);
    let field = NodeRef::<Input>::new();
    let close = move || {
        if let Some(dialog) = node_ref.get_untracked() {
            dialog.close();
        }
    };
    let keys = Command {
        label: "List the keys",
        icon: Icon::Keyboard,
        run: Callback::new(move |()| {
            if let Some(dialog) = shortcuts.get_untracked() {
                let _ = dialog.show_modal();
            }
        }),
    };
    let commands = StoredValue::new(commands.into_iter().chain([keys]).collect::<Vec<_>>());
    let found = Memo::new(move |_| {
        // The labels are ASCII. Knowing the capitals of all alphabets would take 14 kB of every page.
        let wanted = wanted.get().to_ascii_lowercase();
        let matches = |label: &str| wanted.split_whitespace().all(|word| label.to_ascii_lowercase().contains(word));
        commands.with_value(|commands| {
            (0..commands.len()).filter(|index| matches(commands[*index].label)).collect::<Vec<_>>()
        })
    });
    let run = move |index: usize| {
        close();
        commands.with_value(|commands| commands[index].run).run(());
    };
    let on_key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => set_chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" if count > 0 => set_chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" if count > 0 => run(found.with(|found| found[chosen.get().min(count - 1)])),
            _ => return,
        }
        event.prevent_default();
    };
    let on_close = move |_| {
        set_wanted.set(String::new());
        set_chosen.set(0);
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    };
    let options = move || {
        found.get().into_iter().enumerate().map(|(place, index)| {
            let Command { label, icon, .. } = commands.with_value(|commands| commands[index].clone());
            view! {
                <li class="palette-option" role="option" id=format!("palette-{place}") aria-selected=move || if chosen.get() == place { "true" } else { "false" } on:click=move |_| run(index)>
                    {icon.view()}{label}
                </li>
            }
        }).collect_view()
    };
    view! {
        <dialog class="modal items-start pt-[12vh]" node_ref=node_ref aria-label="Palette" on:close=on_close>
            <div class="modal-box p-3">
                <input
                    class="input w-full"
                    type="text"
                    role="combobox"
                    aria-label="Page or action"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=move || format!("palette-{}", chosen.get())
                    autocomplete="off"
                    placeholder="Page or action"
                    node_ref=field
                    on:input=move |event| {
                        set_chosen.set(0);
                        set_wanted.set(event_target_value(&event));
                    }
                    on:keydown=on_key
                />
                <ul class="mt-2" role="listbox" id="palette-list" aria-label="Pages and actions">{options}</ul>
                <p role="status">
                    {move || found.with(Vec::is_empty).then(|| view! { <span class="block px-3 py-2 text-muted">"Nothing of that name. Try a shorter word."</span> })}
                </p>
            </div>
            <form method="dialog" class="modal-backdrop"><button tabindex="-1" aria-label="Close the palette"></button></form>
        </dialog>
    }
}
