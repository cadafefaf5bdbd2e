//! What a page hears, and how it asks for it. In the browser only: on the server nothing is heard.

use domain::event::Topic;
use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::js_sys::{Function, Reflect};

/// An event, or word that some were missed: read how it stands anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// What happened, such as `changed`; nothing if that is not known any more.
    pub name: Option<String>,
    /// The interview that it is about.
    pub interview: Option<String>,
    /// The turn of that interview's last message.
    pub turn: Option<f64>,
    /// The status of that interview.
    pub status: Option<String>,
}

impl News {
    fn of(event: &JsValue) -> Self {
        let data = get(event, "data");
        Self {
            name: get(event, "name").as_string(),
            interview: get(&data, "interview").as_string(),
            turn: get(&data, "turn").as_f64(),
            status: get(&data, "status").as_string(),
        }
    }
}

/// Has `hear` called with what happens about `topic`, for as long as the calling component is there.
pub fn on(topic: Topic, hear: impl Fn(News) + Clone + 'static) {
    Effect::new(move || {
        let hear = hear.clone();
        let hear = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| hear(News::of(&event)));
        let lodestar = get(&window(), "lodestar");
        let end = get(&lodestar, "listen")
            .dyn_ref::<Function>()
            .and_then(|listen| listen.call2(&lodestar, &topic.to_string().into(), hear.as_ref()).ok());
        let kept = StoredValue::new_local((end, hear));
        on_cleanup(move || {
            kept.try_with_value(|(end, _)| {
                end.as_ref().and_then(|end| end.dyn_ref::<Function>()).map(|end| end.call0(&JsValue::UNDEFINED))
            });
        });
    });
}

/// The value of that name in `object`; undefined if there is none.
fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}
