//! What a page hears, and how it asks for it. In the browser only: on the server nothing is heard.

use domain::event::Topic;
use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::js_sys::{Function, Reflect};

/// An event, or word that some were missed: read how it stands anew.
pub struct News(JsValue);

impl News {
    /// What happened, such as `changed`; nothing if that is not known any more.
    pub fn name(&self) -> Option<String> {
        get(&self.0, "name").as_string()
    }

    /// A text among what there is to know of it.
    pub fn text(&self, key: &str) -> Option<String> {
        self.data(key).as_string()
    }

    /// A number among what there is to know of it.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.data(key).as_f64()
    }

    fn data(&self, key: &str) -> JsValue {
        get(&get(&self.0, "data"), key)
    }
}

/// Has `hear` called with what happens about `topic`, for as long as the calling component is there.
pub fn on(topic: Topic, hear: impl Fn(News) + Clone + 'static) {
    Effect::new(move || {
        let hear = hear.clone();
        let hear = Closure::<dyn FnMut(JsValue)>::new(move |news| hear(News(news)));
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
