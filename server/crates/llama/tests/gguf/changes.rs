//! Every model that differs from a sound one in a single field.

use llama::gguf::{Storage, Value};

use crate::sound::{self, Model};

/// A changed model and what was changed.
pub struct Changed {
    pub what: String,
    pub model: Model,
}

/// All of them, in the same order each time.
pub fn all() -> Vec<Changed> {
    let mut all = Vec::new();
    for (name, sound) in sound::all() {
        all.extend(metadata(name, &sound).chain(tensors(name, &sound)).filter(|changed| changed.model != sound));
    }
    // Neighbours of small numbers are alike.
    all.dedup_by(|a, b| a.model == b.model);
    all
}

fn metadata<'a>(name: &'a str, sound: &'a Model) -> impl Iterator<Item = Changed> + 'a {
    sound.metadata.iter().enumerate().flat_map(move |(index, (key, value))| {
        let changed = move |what: &str, change: &dyn Fn(&mut Model)| {
            let mut model = sound.clone();
            change(&mut model);
            Changed { what: format!("{name}: {key} {what}"), model }
        };
        let mut all = vec![
            changed("missing", &|model| drop(model.metadata.remove(index))),
            changed("twice", &|model| model.metadata.push(model.metadata[index].clone())),
            changed("under another name", &|model| model.metadata[index].0.push('x')),
        ];
        all.extend(
            others(value)
                .into_iter()
                .map(|other| changed(&shown(&other), &|model| model.metadata[index].1 = other.clone())),
        );
        all
    })
}

/// A short description of a value.
fn shown(value: &Value) -> String {
    format!("{value:?}").chars().take(60).collect()
}

/// Values that a field with `value` should not, or need not, have.
fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![Value::U16(1), Value::U32(1), Value::F32(1.0), Value::Bool(true), Value::text("x")];
    others.extend([Value::Texts(vec![]), Value::I32s(vec![1]), Value::F32s(vec![0.5])]);
    others.retain(|other| other != value);
    match value {
        Value::U16(x) => others.extend([0, x + 1, u16::MAX].map(Value::U16)),
        Value::U32(x) => {
            others.extend([0, x + 1, x.saturating_sub(1), x * 2, 513, 1 << 31, u32::MAX].map(Value::U32));
        }
        Value::F32(_) => {
            others.extend([0.0, -1.0, 1e-30, 1e30, f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(Value::F32));
        }
        Value::Bool(x) => others.push(Value::Bool(!x)),
        Value::Text(x) => {
            others.extend([String::new(), format!("{x}\0"), x.to_uppercase(), "%s%n".repeat(99)].map(Value::Text))
        }
        Value::Texts(xs) => {
            let with = |change: fn(&mut Vec<String>)| {
                let mut xs = xs.clone();
                change(&mut xs);
                Value::Texts(xs)
            };
            others.extend([
                with(|xs| drop(xs.pop())),
                with(|xs| xs.push("new".into())),
                with(|xs| xs.push(xs[0].clone())),
                with(|xs| xs[0].clear()),
                with(|xs| xs[0] = "x\0y".into()),
                with(|xs| xs[0] = "x".repeat(2_000)),
                with(|xs| xs[0] = "\u{10FFFF}".into()),
                with(|xs| xs.reverse()),
            ]);
        }
        Value::I32s(xs) => {
            others.extend([-1, 0, 1, 2, 3, 4, 5, 6, 7, i32::MAX].map(|kind| Value::I32s(vec![kind; xs.len()])));
            others.push(Value::I32s(xs[1..].to_vec()));
            others.push(Value::I32s([xs.as_slice(), &[1]].concat()));
        }
        Value::F32s(xs) => {
            others.extend([0.0, f32::MAX, f32::NAN, f32::INFINITY].map(|score| Value::F32s(vec![score; xs.len()])));
            others.push(Value::F32s(xs[1..].to_vec()));
        }
    }
    others
}

fn tensors<'a>(name: &'a str, sound: &'a Model) -> impl Iterator<Item = Changed> + 'a {
    sound.tensors.iter().enumerate().flat_map(move |(index, tensor)| {
        let changed = move |what: &str, change: &dyn Fn(&mut Model)| {
            let mut model = sound.clone();
            change(&mut model);
            Changed { what: format!("{name}: {} {what}", tensor.name), model }
        };
        let mut all = vec![
            changed("missing", &|model| drop(model.tensors.remove(index))),
            changed("twice", &|model| model.tensors.push(model.tensors[index].clone())),
            changed("under another name", &|model| model.tensors[index].name.push('x')),
            changed("of the next layer", &|model| model.tensors[index].name = tensor.name.replace("blk.0", "blk.1")),
            changed("last", &|model| {
                let tensor = model.tensors.remove(index);
                model.tensors.push(tensor);
            }),
            changed("the other way round", &|model| model.tensors[index].shape.reverse()),
            changed("flat", &|model| model.tensors[index].shape = vec![tensor.len()]),
            changed("deep", &|model| model.tensors[index].shape.insert(0, 2)),
        ];
        for dimension in 0..tensor.shape.len() {
            for by in [1, 32] {
                all.push(changed(&format!("{by} larger"), &|model| model.tensors[index].shape[dimension] += by));
            }
        }
        for storage in [Storage::F32, Storage::F16, Storage::Q8].into_iter().filter(|other| *other != tensor.storage) {
            all.push(changed(&format!("as {storage:?}"), &|model| model.tensors[index].storage = storage));
        }
        all
    })
}
