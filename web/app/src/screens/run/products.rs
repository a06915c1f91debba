//! Seats as the admin centre counts them, beside what was imported.

use crate::api;
use crate::kit::Status;
use crate::loading::load;
use beacon_api::{ProductDifference, paths};
use leptos::prelude::*;

/// "Admin centre n, here n", down to names.
#[component]
pub(super) fn Products(run: String) -> impl IntoView {
    let found = load(move || {
        let path = paths::with(paths::RUN_PRODUCTS, &run);
        async move { api::get::<Vec<ProductDifference>>(&path).await }
    });
    view! {
        {move || found.get().ready().filter(|found| !found.is_empty()).map(|found| {
            let different = found.iter().filter(|one| one.admin_center != one.here).count();
            let lines = found.into_iter().map(|one| {
                let same = one.admin_center == one.here;
                let (icon, tone, word) = if same { ("check", "good", "The same") } else { ("warning", "warning", "Different") };
                let people = one.people.into_iter().map(|person| view! { <li>{person}</li> }).collect_view();
                view! {
                    <tr>
                        <th scope="row" data-label="Product">{one.product_name}</th>
                        <td data-label="Admin centre" class="number">{one.admin_center}</td>
                        <td data-label="Here" class="number">{one.here}</td>
                        <td data-label="Compared"><Status icon=icon tone=tone word=word/><ul>{people}</ul></td>
                    </tr>
                }
            });
            let lines = lines.collect_view();
            view! {
                <details open={different > 0}>
                    <summary>{format!("Seats by product: {different} counted differently by the admin centre")}</summary>
                    <div class="scroll">
                        <table class="reflow">
                            <thead><tr>
                                <th scope="col">"Product"</th><th scope="col" class="number">"Admin centre"</th>
                                <th scope="col" class="number">"Here"</th><th scope="col">"Compared"</th>
                            </tr></thead>
                            <tbody>{lines}</tbody>
                        </table>
                    </div>
                </details>
            }
        })}
    }
}
