//! AADSTS numbers in plain words. Source: Microsoft's list of Entra ID error codes. The numbers may change and decide
//! nothing here, see [`crate::explain`].

use beacon_contract::Text;

/// Numbers, what happened, what to do next.
type Entry = (&'static [u32], &'static str, &'static str);

const DEFECT: &str = "This should not happen. Start the sign-in again; if it stays, report it.";
const AGAIN: &str = "Run the consent of this connection again.";

const TABLE: &[Entry] = &[
    (
        &[16000, 16003, 50014, 50020, 51004],
        "The account does not exist in this tenant; often it is a personal account or one of another tenant.",
        "Sign out at Microsoft and use an account of the tenant to import, or enter the right tenant.",
    ),
    (&[50034], "The tenant knows no such user name.", "Check the address and the tenant."),
    (&[50126], "User name or password is wrong.", "Try again in the browser."),
    (
        &[50053],
        "The account is locked after many attempts, or the address they came from is blocked.",
        "Wait a while, or have an administrator look at the sign-in log.",
    ),
    (&[50055, 50144], "The password has expired.", "Change it, then sign in again."),
    (&[50056], "The account has no password stored at Microsoft.", "Sign in through the browser."),
    (&[50057], "The account is disabled.", "Have an administrator enable it, or use another account."),
    (&[50058], "There is no session to sign in with silently.", AGAIN),
    (
        &[50059, 50128, 90019],
        "Microsoft cannot tell which tenant is meant.",
        "Enter the tenant's id or one of its domains in the settings.",
    ),
    (
        &[50072, 50079],
        "The account has to register a second factor first.",
        "Sign in once in the browser, finish the registration, then run the consent again.",
    ),
    (&[50074, 50076], "A second factor is asked for now, for example after a change of policy or place.", AGAIN),
    (&[50078], "The second factor was confirmed too long ago.", AGAIN),
    (
        &[50005, 50097, 50129, 53000, 53001],
        "Only a registered or managed device may sign in.",
        "Sign in on a managed device, or have an administrator make an exception for this application.",
    ),
    (
        &[50105],
        "The application is limited to assigned people, and this account is not one of them.",
        "Have an administrator assign the account under Enterprise applications.",
    ),
    (
        &[50131, 53002, 53003, 530032],
        "A Conditional Access policy blocks this sign-in.",
        "Have an administrator find the policy in the sign-in log by the correlation id, and except this application.",
    ),
    (
        &[530034],
        "The partner's account is blocked because its own tenant sees a risk.",
        "The partner has to clear the risk first.",
    ),
    (
        &[530035],
        "Security defaults of the tenant block this way of signing in.",
        "Sign in through the browser, or use an application of your own.",
    ),
    (
        &[53004, 53010, 53011],
        "The account's tenant sees a risk, or allows this only from certain places.",
        "Have an administrator of the account's own tenant look at the sign-in log.",
    ),
    (&[50089, 50132, 50133], "The session ended, for example by a change of password.", AGAIN),
    (&[50173], "The sign-in was revoked, by a change of password or by an administrator.", AGAIN),
    (&[50140, 50199], "Microsoft's sign-in page waits for an answer.", "Answer it in the browser and go on."),
    (&[50143], "The browser's session belongs to somebody else.", "Use a private window and start the consent again."),
    (&[50147, 501491], "The proof key of the sign-in was not accepted.", DEFECT),
    (&[501481], "Two sign-in attempts were mixed up.", "Start the consent again and use only its newest address."),
    (
        &[50194],
        "The application belongs to a single tenant, but the endpoint names none.",
        "Enter the tenant in the settings.",
    ),
    (&[50196], "Microsoft sees the same request over and over and pauses it.", "Wait some minutes, then try again."),
    (
        &[50011],
        "The redirect address is not registered for this application.",
        "Add exactly the connection's redirect address to the app registration, under mobile and desktop applications.",
    ),
    (
        &[500113, 900971],
        "The application has no redirect address at all. An administrator's consent may have worked nevertheless.",
        "Add the connection's redirect address to the app registration, then check its permissions.",
    ),
    (
        &[50001, 500011],
        "This tenant does not know the service that the token is asked for.",
        "Check the cloud and the Graph address of the connection.",
    ),
    (&[54005], "The sign-in code was used already.", "Start the consent again."),
    (
        &[65001],
        "The application has no consent for what it asks for.",
        "Have an administrator consent on behalf of the organization.",
    ),
    (&[65004], "The person declined the requested permissions.", "Start again and accept, or ask an administrator."),
    (
        &[65005, 650052, 650054, 650056, 650057],
        "The application asks for something that its registration does not list, or that the tenant does not have.",
        "Check API permissions in the app registration.",
    ),
    (
        &[90008, 90093, 90094, 90095],
        "Only an administrator may consent to this.",
        "Have an administrator run the consent, or send the administrator the admin-consent address.",
    ),
    (
        &[700011, 700016],
        "The tenant knows no application of this id.",
        "Check application id and tenant; an application of another tenant needs an administrator's consent once.",
    ),
    (
        &[700038],
        "The application id is not one that Microsoft issues.",
        "Copy Application (client) ID from the portal.",
    ),
    (&[70001, 7000112], "The application is disabled in this tenant.", "Enable it under Enterprise applications."),
    (
        &[700025],
        "The application is registered for people's devices and may not use a secret.",
        "Remove the secret, or register the redirect address under web.",
    ),
    (
        &[700027, 700030],
        "The certificate does not belong to this application, or the clocks differ.",
        "Upload this certificate to the app registration; check the time of this machine.",
    ),
    (
        &[7000215],
        "The client secret is wrong.",
        "Paste the secret's Value; its Secret ID, shown beside it, does not work.",
    ),
    (&[7000222], "The client secret has expired.", "Create a new one and enter it, or use a certificate."),
    (
        &[7000218],
        "The application has to prove itself by a secret or certificate.",
        "Enter one, or allow public client flows in the app registration.",
    ),
    (&[28002, 70011, 700022, 700023], "The requested permissions are written in a way Microsoft refuses.", DEFECT),
    (&[1002012], "An application has to ask for its permissions as a whole.", DEFECT),
    (&[70000], "The stored sign-in does not cover what is asked for.", AGAIN),
    (&[70008], "The stored sign-in has expired or was revoked.", AGAIN),
    (
        &[700082],
        "The stored sign-in expired because it was not used for a long time, usually 90 days.",
        "Run the consent of this connection again and schedule its imports more often.",
    ),
    (
        &[700084],
        "The redirect address is registered as a single-page application, whose sign-in lasts a day.",
        "Register it under mobile and desktop applications, then run the consent again.",
    ),
    (
        &[70043],
        "A policy asks for a new sign-in after a fixed time.",
        "Run the consent again. For runs without anybody, use an application with secret or certificate.",
    ),
    (&[700005], "The sign-in code was issued by another tenant.", DEFECT),
    (&[70016], "The device code was not entered yet.", "Enter the code at the shown address."),
    (&[70018], "The device code is wrong.", "Enter the newest code exactly as shown."),
    (&[70019, 70020], "The device code has expired.", "Start the consent again."),
    (&[70003], "Microsoft does not know this kind of grant.", DEFECT),
    (
        &[90002],
        "There is no such tenant in this cloud.",
        "Check the tenant and the cloud: GCC High, DoD and China use addresses of their own.",
    ),
    (&[90038, 900382, 900432], "The tenant lives in another national cloud.", "Choose that cloud in the settings."),
    (&[90014, 900144], "The request lacks a field.", DEFECT),
    (&[9002313], "Microsoft cannot read the request.", DEFECT),
    (
        &[9002326, 9002327],
        "The redirect address is registered as a single-page application.",
        "Register it under mobile and desktop applications.",
    ),
    (&[9002325], "The sign-in lacks its proof key.", DEFECT),
    (&[9001023], "This way of signing in needs an endpoint that names no tenant.", "Check the token endpoint."),
    (
        &[90072],
        "The account is known to the tenant only from outside, or not at all.",
        "Add it as a guest, or use a member of the tenant.",
    ),
    (
        &[90099],
        "The customer's tenant has not authorised this application for delegated administration.",
        "Have the customer consent to it first.",
    ),
    (
        &[500212, 500213],
        "The access policy between the two tenants blocks this account.",
        "Administrators of both tenants have to allow it, or use an account of the tenant itself.",
    ),
    (
        &[50033, 50087, 90006, 90012, 90024, 90033, 90055, 90090],
        "Microsoft's sign-in service has a passing problem.",
        "Nothing needs to be changed; try again in a few minutes.",
    ),
    (
        &[500014, 500021, 500022],
        "The service is disabled in this tenant, or tenant restrictions of the network block it.",
        "Have an administrator check Enterprise applications and the proxy's tenant restrictions.",
    ),
    (&[650051], "The application's entry in the tenant is just being made.", "Try again in a minute."),
];

/// How many numbers the table explains.
const COUNT: usize = {
    let (mut table, mut count) = (TABLE, 0);
    while let Some(((numbers, ..), rest)) = table.split_first() {
        (table, count) = (rest, count + numbers.len());
    }
    count
};

/// The numbers alone. A module decides with them and leaves the words to its manifest, so they are not in its code.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, where a wrong index is a compile error")]
static NUMBERS: [u32; COUNT] = {
    let (mut table, mut numbers, mut filled) = (TABLE, [0; COUNT], 0);
    while let Some(((entry, ..), rest)) = table.split_first() {
        let mut entry = *entry;
        while let Some((number, more)) = entry.split_first() {
            numbers[filled] = *number;
            (entry, filled) = (more, filled + 1);
        }
        table = rest;
    }
    numbers
};

/// What happened and what to do next, for a number of the list.
pub(crate) fn entry(number: u32) -> Option<(&'static str, &'static str)> {
    TABLE.iter().find(|(numbers, ..)| numbers.contains(&number)).map(|(_, title, advice)| (*title, *advice))
}

/// The code of the text about a number, if there is one.
pub(crate) fn text_code(number: u32) -> Option<String> {
    NUMBERS.contains(&number).then(|| format!("aadsts.{number}"))
}

/// Advice, and what Microsoft's support asks for.
pub(crate) fn with_evidence(advice: &str) -> String {
    // Named by one short placeholder: this stands in each of some hundred texts.
    [advice, " ({evidence})"].concat()
}

/// A text for each number.
pub(crate) fn texts() -> impl Iterator<Item = (String, Text)> {
    TABLE.iter().flat_map(|(numbers, title, advice)| {
        numbers.iter().map(move |number| (format!("aadsts.{number}"), Text::new(*title, with_evidence(advice))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_stands_once() {
        let mut numbers: Vec<_> = TABLE.iter().flat_map(|(numbers, ..)| numbers.iter()).collect();
        let count = numbers.len();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
        assert!(numbers.iter().all(|number| text_code(**number).is_some()), "{NUMBERS:?}");
        assert!(count > 110, "the list has shrunk to {count}");
    }
}
