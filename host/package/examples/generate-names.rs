//! Writes the embedded table of names from Microsoft's published list: `generate-names LIST.csv > names/common.tsv`,
//! or `generate-names --check LIST.csv` to compare the embedded table with a list.

use anyhow::{Context, bail};
use beacon_package::{NameEntry, NameTable, ProductList};
use std::fs::File;
use std::io::{BufReader, Write};

/// Part numbers of products that many tenants have. A star stands for any end.
const COMMON: &[&str] = &[
    // Microsoft 365 and Office 365, business
    "O365_BUSINESS*",
    "SMB_BUSINESS*",
    "SPB",
    "Microsoft_365_ Business_ Premium_(no Teams)",
    "OFFICESUBSCRIPTION",
    "OFFICE_PROPLUS_DEVICE1",
    "Microsoft_365_Business_*",
    "BUSINESS_VOICE_*",
    // Microsoft 365 and Office 365, enterprise and frontline
    "SPE_*",
    "Microsoft_365_E3*",
    "Microsoft_365_E5*",
    "Microsoft_365_F1*",
    "Microsoft_365_F3*",
    "MICROSOFT_365_E7",
    "AGENT_365",
    "M365_F1*",
    "M365_E5*",
    "INFORMATION_PROTECTION_COMPLIANCE",
    "IDENTITY_THREAT_PROTECTION",
    "STANDARDPACK",
    "STANDARDWOFFPACK",
    "ENTERPRISEPACK",
    "ENTERPRISEWITHSCAL",
    "ENTERPRISEPREMIUM",
    "ENTERPRISEPREMIUM_NOPSTNCONF",
    "DEVELOPERPACK*",
    "DESKLESSPACK",
    "O365_w/o Teams Bundle_*",
    "O365_w/o_Teams_Bundle_*",
    "Office_365_w/o_Teams_Bundle_*",
    "Office_365_*_(no_Teams)",
    "MIDSIZEPACK",
    "LITEPACK*",
    // education and government
    "M365EDU_A1",
    "M365EDU_A3_FACULTY",
    "M365EDU_A3_STUDENT",
    "M365EDU_A3_STUUSEBNFT",
    "M365EDU_A5_FACULTY",
    "M365EDU_A5_STUDENT",
    "M365EDU_A5_STUUSEBNFT",
    "STANDARDWOFFPACK_FACULTY",
    "STANDARDWOFFPACK_STUDENT",
    "ENTERPRISEPACKPLUS_FACULTY",
    "ENTERPRISEPACKPLUS_STUDENT",
    "ENTERPRISEPREMIUM_FACULTY",
    "ENTERPRISEPREMIUM_STUDENT",
    "M365_G3_GOV",
    "M365_G5_GCC",
    "M365_F1_GOV",
    "ENTERPRISEPACK_GOV",
    "ENTERPRISEPREMIUM_GOV",
    "STANDARDPACK_GOV",
    // single services
    "EXCHANGESTANDARD",
    "EXCHANGEENTERPRISE",
    "EXCHANGEDESKLESS",
    "EXCHANGEARCHIVE",
    "EXCHANGEARCHIVE_ADDON",
    "EXCHANGEESSENTIALS",
    "EXCHANGE_S_ESSENTIALS",
    "EOP_ENTERPRISE",
    "SHAREPOINTSTANDARD",
    "SHAREPOINTENTERPRISE",
    "SHAREPOINTSTORAGE",
    "WACONEDRIVESTANDARD",
    "WACONEDRIVEENTERPRISE",
    "INTELLIGENT_CONTENT_SERVICES",
    "UNIVERSAL_PRINT",
    "VIVA",
    "VIVA_LEARNING",
    "STREAM",
    // Teams and telephony
    "TEAMS_COMMERCIAL_TRIAL",
    "TEAMS_EXPLORATORY",
    "TEAMS_FREE",
    "TEAMS_ESSENTIALS*",
    "Teams_Ess",
    "Microsoft_Teams_Premium",
    "Microsoft_Teams_Enterprise_New",
    "Microsoft_Teams_EEA_New",
    "Microsoft_Teams_Audio_Conferencing_select_dial_out",
    "Microsoft_Teams_Rooms_*",
    "MEETING_ROOM",
    "MCOEV",
    "MCOMEETADV",
    "MCOPSTN1",
    "MCOPSTN2",
    "MCOPSTN5",
    "MCOPSTN_5",
    "MCOPSTN5_US",
    "MCOPSTN_6",
    "MCOEVSMB_1",
    "MCOCAP",
    "MTR_PREM",
    "MEETING_ROOM_NOAUDIOCONF",
    "MS_TEAMS_IW",
    "Microsoft_Teams_Calling_Plan_*",
    "Operator_Connect_Mobile",
    "MCOPSTNC",
    "MCOTEAMS_ESSENTIALS",
    "PHONESYSTEM_VIRTUALUSER",
    "MCOSTANDARD",
    "MCOIMP",
    "ADV_COMMS",
    // identity, devices, security
    "EMS",
    "EMSPREMIUM",
    "AAD_BASIC",
    "AAD_PREMIUM",
    "AAD_PREMIUM_P2",
    "Microsoft_Entra_*",
    "RIGHTSMANAGEMENT",
    "RIGHTSMANAGEMENT_ADHOC",
    "RMSBASIC",
    "INTUNE_A",
    "INTUNE_A_D",
    "INTUNE_SMB",
    "Microsoft_Intune_Suite",
    "ATP_ENTERPRISE",
    "THREAT_INTELLIGENCE",
    "ATA",
    "ADALLOM_STANDALONE",
    "ADALLOM_O365",
    "EQUIVIO_ANALYTICS",
    "TVM_Premium_*",
    "MDATP_Server",
    "DEFENDER_ENDPOINT_P1",
    "WIN_DEF_ATP",
    "MDATP_XPLAT",
    "MDE_SMB",
    "WIN10_PRO_ENT_SUB",
    "WIN10_VDA_E3",
    "WIN10_VDA_E5",
    "E3_VDA_only",
    "WINDOWS_STORE",
    "CPC_B_*C_*RAM_*GB",
    "CPC_E_2C_4GB_128GB",
    "CPC_E_2C_8GB_128GB",
    "CPC_E_4C_16GB_128GB",
    "CPC_E_4C_16GB_256GB",
    // analysis and applications
    "POWER_BI_STANDARD",
    "POWER_BI_PRO",
    "POWER_BI_PRO_DEPT",
    "PBI_PREMIUM_PER_USER",
    "PBI_PREMIUM_PER_USER_ADDON",
    "PBI_PREMIUM_P1_ADDON",
    "POWERAPPS_VIRAL",
    "POWERAPPS_DEV",
    "POWERAPPS_PER_USER",
    "POWERAPPS_PER_APP",
    "POWERAPPS_PER_APP_IW",
    "FLOW_FREE",
    "FLOW_PER_USER",
    "FLOW_BUSINESS_PROCESS",
    "POWERAUTOMATE_ATTENDED_RPA",
    "POWERAUTOMATE_UNATTENDED_RPA",
    "FLOW_P2",
    "POWERFLOW_P2",
    "Power_Automate_per_process",
    "POWERAPPS_PER_APP_NEW",
    "Power_Virtual_Agents",
    "VIRTUAL_AGENT_BASE",
    "VIRTUAL_AGENT_USL",
    "CCIBOTS_PRIVPREV_VIRAL",
    "CDS_DB_CAPACITY",
    "CDS_FILE_CAPACITY",
    "CDS_LOG_CAPACITY",
    "FORMS_PRO",
    "Microsoft_365_Copilot",
    "M365_Copilot",
    "Microsoft_Copilot_for_Sales",
    // project and drawing
    "PROJECTESSENTIALS",
    "PROJECT_P1",
    "PROJECT_PLAN1_DEPT",
    "PROJECTPROFESSIONAL",
    "PROJECTPREMIUM",
    "PROJECTCLIENT",
    "PROJECTONLINE_PLAN_1",
    "PROJECTONLINE_PLAN_2",
    "VISIOONLINE_PLAN1",
    "VISIOCLIENT",
    "VISIO_PLAN1_DEPT",
    "VISIO_PLAN2_DEPT",
    // Dynamics 365
    "DYN365_ENTERPRISE_PLAN1",
    "DYN365_ENTERPRISE_SALES",
    "DYN365_ENTERPRISE_CUSTOMER_SERVICE",
    "DYN365_ENTERPRISE_FIELD_SERVICE",
    "DYN365_ENTERPRISE_TEAM_MEMBERS",
    "DYN365_TEAM_MEMBERS",
    "DYN365_ENTERPRISE_P1_IW",
    "D365_SALES_PRO",
    "DYN365_SALES_PREMIUM",
    "DYN365_CUSTOMER_SERVICE_PRO",
    "DYN365_FINANCE",
    "DYN365_SCM",
    "DYN365_RETAIL",
    "DYN365_BUSCENTRAL_ESSENTIAL",
    "DYN365_BUSCENTRAL_PREMIUM",
    "DYN365_BUSCENTRAL_TEAM_MEMBER",
    "DYN365_PROJECT_OPERATIONS",
];

fn matches(pattern: &str, code: &str) -> bool {
    let mut rest = code;
    let mut parts = pattern.split('*');
    let Some(start) = parts.next() else { return false };
    let Some(after) = rest.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start)) else { return false };
    rest = rest.get(after.len()..).unwrap_or_default();
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    open || rest.is_empty()
}

fn is_common(entry: &NameEntry) -> bool {
    COMMON.iter().any(|pattern| matches(pattern, &entry.code))
}

fn check(list: &ProductList) -> anyhow::Result<()> {
    let embedded = NameTable::embedded();
    for (id, entry) in embedded.products() {
        let listed = list.products.get(id).map(|product| &product.entry);
        if listed != Some(entry) {
            bail!("product {id}: embedded {entry:?}, listed {listed:?}");
        }
    }
    for (id, entry) in embedded.plans() {
        let listed = list.plans.get(id);
        if listed != Some(entry) {
            bail!("plan {id}: embedded {entry:?}, listed {listed:?}");
        }
    }
    let text = format!("{} products, {} plans: equal\n", embedded.products().len(), embedded.plans().len());
    std::io::stdout().write_all(text.as_bytes()).context("cannot write")
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (checks, path) = match arguments.as_slice() {
        [flag, path] if flag == "--check" => (true, path),
        [path] => (false, path),
        _ => bail!("usage: generate-names [--check] LIST.csv"),
    };
    let file = File::open(path).with_context(|| format!("cannot open {path}"))?;
    let list = ProductList::read(BufReader::new(file)).context("cannot read the list")?;
    if checks {
        return check(&list);
    }
    let codes: Vec<_> = list.products.values().map(|product| &product.entry.code).collect();
    if let Some(unknown) = COMMON.iter().find(|pattern| !codes.iter().any(|code| matches(pattern, code))) {
        bail!("no product of the list has the part number {unknown}");
    }
    let names = list.names_of(is_common);
    std::io::stdout().write_all(names.to_text().as_bytes()).context("cannot write the names")
}
