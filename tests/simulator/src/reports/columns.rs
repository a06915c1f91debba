//! Header lines of the reports: section 3.2 of the protocol reference, to the letter.

use super::function::{Call, Report};

const ACTIVE_USERS: &str = "\
    Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Has Exchange License,\
    Has OneDrive License,Has SharePoint License,Has Skype For Business License,Has Yammer License,\
    Has Teams License,Exchange Last Activity Date,OneDrive Last Activity Date,SharePoint Last Activity Date,\
    Skype For Business Last Activity Date,Yammer Last Activity Date,Teams Last Activity Date,\
    Exchange License Assign Date,OneDrive License Assign Date,SharePoint License Assign Date,\
    Skype For Business License Assign Date,Yammer License Assign Date,Teams License Assign Date,\
    Assigned Products";
const ACTIVATIONS: &str = "\
    Report Refresh Date,User Principal Name,Display Name,Product Type,Last Activated Date,Windows,Mac,\
    Windows 10 Mobile,iOS,Android,Activated On Shared Computer";
const APPS: &str = "\
    Report Refresh Date,User Principal Name,Last Activation Date,Last Activity Date,Report Period,Windows,\
    Mac,Mobile,Web,Outlook,Word,Excel,PowerPoint,OneNote,Teams,Outlook (Windows),Word (Windows),\
    Excel (Windows),PowerPoint (Windows),OneNote (Windows),Teams (Windows),Outlook (Mac),Word (Mac),\
    Excel (Mac),PowerPoint (Mac),OneNote (Mac),Teams (Mac),Outlook (Mobile),Word (Mobile),Excel (Mobile),\
    PowerPoint (Mobile),OneNote (Mobile),Teams (Mobile),Outlook (Web),Word (Web),Excel (Web),\
    PowerPoint (Web),OneNote (Web),Teams (Web)";
const MAILBOX_USAGE: &str = "\
    Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Created Date,\
    Last Activity Date,Item Count,Storage Used (Byte),Issue Warning Quota (Byte),Prohibit Send Quota (Byte),\
    Prohibit Send/Receive Quota (Byte),Deleted Item Count,Deleted Item Size (Byte),Deleted Item Quota (Byte),\
    Has Archive,Report Period";
const EMAIL_ACTIVITY: &str = "\
    Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Last Activity Date,\
    Send Count,Receive Count,Read Count,Meeting Created Count,Meeting Interacted Count,Assigned Products,\
    Report Period";
const ONE_DRIVE_USAGE: &str = "\
    Report Refresh Date,Site URL,Owner Display Name,Is Deleted,Last Activity Date,File Count,\
    Active File Count,Storage Used (Byte),Storage Allocated (Byte),Owner Principal Name,Report Period";
const ONE_DRIVE_ACTIVITY: &str = "\
    Report Refresh Date,User Principal Name,Is Deleted,Deleted Date,Last Activity Date,\
    Viewed Or Edited File Count,Synced File Count,Shared Internally File Count,Shared Externally File Count,\
    Assigned Products,Report Period";
const SHARE_POINT_ACTIVITY: &str = "\
    Report Refresh Date,User Principal Name,Is Deleted,Deleted Date,Last Activity Date,\
    Viewed Or Edited File Count,Synced File Count,Shared Internally File Count,Shared Externally File Count,\
    Visited Page Count,Assigned Products,Report Period";
const TEAMS_ACTIVITY: &str = "\
    Report Refresh Date,Tenant Display Name,Shared Channel Tenant Display Names,User Id,User Principal Name,\
    Last Activity Date,Is Deleted,Deleted Date,Assigned Products,Team Chat Message Count,\
    Private Chat Message Count,Call Count,Meeting Count,Post Messages,Reply Messages,Urgent Messages,\
    Meetings Organized Count,Meetings Attended Count,Ad Hoc Meetings Organized Count,\
    Ad Hoc Meetings Attended Count,Scheduled One-time Meetings Organized Count,\
    Scheduled One-time Meetings Attended Count,Scheduled Recurring Meetings Organized Count,\
    Scheduled Recurring Meetings Attended Count,Audio Duration,Video Duration,Screen Share Duration,\
    Audio Duration In Seconds,Video Duration In Seconds,Screen Share Duration In Seconds,Has Other Action,\
    Is Licensed,Report Period";
const VIVA_ENGAGE_ACTIVITY: &str = "\
    Report Refresh Date,User Principal Name,Display Name,User State,State Change Date,Last Activity Date,\
    Posted Count,Read Count,Liked Count,Assigned Products,Report Period";
const COPILOT: &str = "\
    Report Refresh Date,User Principal Name,Display Name,Last Activity Date,Copilot Chat Last Activity Date,\
    Microsoft Teams Copilot Last Activity Date,Word Copilot Last Activity Date,\
    Excel Copilot Last Activity Date,PowerPoint Copilot Last Activity Date,\
    Outlook Copilot Last Activity Date,OneNote Copilot Last Activity Date,Loop Copilot Last Activity Date,\
    Report Period";
/// Inserted before the last column by version 2.
const COPILOT_SECOND_VERSION: &str = "\
    Prompts submitted for all apps,Prompts submitted for Copilot Chat (work),\
    Prompts submitted for Copilot Chat (web),Active Usage Days for all apps,\
    Copilot Chat (work) Last Activity Date,Copilot Chat (web) Last Activity Date,\
    Microsoft 365 Copilot Last Activity Date,Edge Last Activity Date,Copilot Agent Last Activity Date";

/// Name of the column that [`ReportShape::unknown_column`](super::ReportShape::unknown_column) adds.
pub(super) const UNKNOWN: &str = "Column Added By A Later Version";

/// Column names of a report, in order.
pub(super) fn of(call: Call) -> Vec<&'static str> {
    let line = match call.report {
        Report::ActiveUsers => ACTIVE_USERS,
        Report::Activations => ACTIVATIONS,
        Report::Apps => APPS,
        Report::MailboxUsage => MAILBOX_USAGE,
        Report::EmailActivity => EMAIL_ACTIVITY,
        Report::OneDriveUsage => ONE_DRIVE_USAGE,
        Report::OneDriveActivity => ONE_DRIVE_ACTIVITY,
        Report::SharePointActivity => SHARE_POINT_ACTIVITY,
        Report::TeamsActivity => TEAMS_ACTIVITY,
        Report::VivaEngageActivity => VIVA_ENGAGE_ACTIVITY,
        Report::Copilot => COPILOT,
    };
    let mut columns: Vec<&str> = line.split(',').collect();
    if call.second_version {
        let end = columns.len().saturating_sub(1);
        columns.splice(end..end, COPILOT_SECOND_VERSION.split(','));
    }
    columns
}
