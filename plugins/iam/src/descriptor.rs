//! What the collector declares: four facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    let needs = Descriptor::new("iam", env!("CARGO_PKG_VERSION"))
        .fact(account())
        .fact(access_key())
        .fact(role())
        .fact(event())
        .need(
            Need::files("authorization-details", "read what IAM users, groups and roles may do (source `aws`)")
                .optional(),
        )
        .need(Need::files("credential-report", "read the AWS IAM credential report (source `aws`)").optional())
        .need(
            Need::files("okta-users", "read the Okta export of users with roles and groups (source `okta`)").optional(),
        )
        .need(Need::files("okta-log", "read the export of Okta's System Log (event_source `okta`)").optional())
        .need(Need::http("okta", "read users, their roles and the System Log of Okta (`okta-http`)").optional())
        .need(Need::sql("users", "read the accounts (source `sql`)").optional())
        .need(Need::sql("keys", "read their access keys (source `sql`, key_source `sql`)").optional());
    settings(needs)
}

fn settings(descriptor: Descriptor) -> Descriptor {
    descriptor
        .setting(Column::text("source", "aws, okta, okta-http or sql").required())
        .setting(Column::text("system", "what the system is called in every row; default the source's name"))
        .setting(
            Column::text("approved_admins", "accounts that may be privileged, by id, login or email; default none")
                .set(),
        )
        .setting(
            Column::text("service_accounts", "the register: account by id or login, `=` and its owner; default none")
                .set(),
        )
        .setting(
            Column::text(
                "privileged_roles",
                "roles, groups and policies that make an account privileged, in any case of letters, besides what the \
                 source itself says; default admin, administrator, root, owner, superuser",
            )
            .set(),
        )
        .setting(Column::text(
            "employee_attribute",
            "the field of an Okta profile, or the tag of an IAM user, with the employee number; default employeeNumber",
        ))
        .setting(
            Column::text("service_types", "values of Okta's `userType` that say a program uses it; default service")
                .set(),
        )
        .setting(
            Column::text(
                "disabled_statuses",
                "values of the SQL column `status` that say that nobody can log in, in any case of letters; default \
                 disabled, inactive, suspended, deprovisioned, deleted, terminated",
            )
            .set(),
        )
        .setting(Column::boolean("okta_groups", "whether okta-http asks for every user's groups too; default false"))
        .setting(Column::text("key_source", "sql; with source `sql`; absent: keys are not looked at"))
        .setting(
            Column::text("trusted_accounts", "AWS accounts whose principals may take on roles; default none").set(),
        )
        .setting(Column::text("event_source", "okta or okta-http; absent: events are not looked at"))
        .setting(Column::duration("event_window", "how far back okta-http asks for events, at most 90d; default 90d"))
}

fn account() -> Fact {
    Fact::new("account", "Iam::Account", "one account of the system, enabled or not")
        .column(Column::text("system", "the system that has it").required())
        .column(Column::text("login", "the name to log in with").required())
        .column(Column::text("name", "what it is called, for people"))
        .column(Column::text("email", "the email address"))
        .column(Column::text("employee", "the employee number, where the source has it"))
        .column(Column::text("department", "the department, where the source has it; reviews of access go by it"))
        .column(Column::text("kind", "person, service, or root: an AWS account's own").required())
        .column(Column::boolean("enabled", "whether it can log in, or a key of it works").required())
        .column(Column::boolean("privileged", "whether it administers the system").required())
        .column(Column::boolean("approved", "whether `approved_admins` names it").required())
        .column(Column::boolean("registered", "whether `service_accounts` names it").required())
        .column(Column::text("owner", "who answers for it, by `service_accounts`"))
        .column(
            Column::text("roles", "its roles; for AWS the policies that it has, its groups' included").set().required(),
        )
        .column(Column::text("groups", "its groups").set().required())
        .column(Column::datetime("created_at", "when it was created"))
        .column(Column::datetime("last_login", "when somebody last logged in with it"))
        .column(Column::datetime("last_active", "when it or a key of it was last used"))
        .column(Column::datetime(
            "disabled_at",
            "since when it is disabled; absent where it is enabled or nobody knows",
        ))
}

fn access_key() -> Fact {
    Fact::new("access_key", "Iam::AccessKey", "one access key, or that an account has none")
        .column(Column::text("system", "the system that has it").required())
        .column(Column::text("account", "the account's id").required())
        .column(Column::text("login", "the account's login").required())
        .column(Column::text("kind", "the account's kind").required())
        .column(Column::text("state", "active, inactive, or none: the account has no key").required())
        .column(Column::datetime("created_at", "when it was created or last replaced"))
        .column(Column::long("age_days", "whole days from then to the judged instant"))
        .column(Column::datetime("last_used", "when it was last used; absent: never, as far as the source shows"))
}

fn role() -> Fact {
    Fact::new("role", "Iam::Role", "one role that principals can take on")
        .column(Column::text("system", "the system that has it").required())
        .column(Column::text("name", "what it is called").required())
        .column(Column::boolean("privileged", "whether it administers the system").required())
        .column(Column::boolean("provider_owned", "whether AWS itself made it for a service of its own").required())
        .column(Column::text("policies", "the policies that it has").set().required())
        .column(Column::text("trusts", "who may take it on").set().required())
        .column(Column::boolean("trusts_anyone", "whether everybody may take it on, without a condition").required())
        .column(
            Column::text("outside_accounts", "AWS accounts that may take it on and are neither its own nor trusted")
                .set()
                .required(),
        )
        .column(Column::datetime("created_at", "when it was created"))
        .column(Column::datetime("last_used", "when it was last taken on, as far back as AWS tracks it"))
}

fn event() -> Fact {
    Fact::new("event", "Iam::AccountEvent", "something that happened to one account")
        .event_time("time")
        .column(Column::text("system", "the system that it happened in").required())
        .column(
            Column::text(
                "kind",
                "create, activate, reactivate, suspend, unsuspend, deactivate, delete, grant, revoke, group_add, \
                 group_remove",
            )
            .required(),
        )
        .column(Column::text("event_type", "the source's own word for it").required())
        .column(Column::datetime("time", "when, by the source's clock").required())
        .column(Column::text("actor", "the id of who did it"))
        .column(Column::text("actor_login", "the login of who did it"))
        .column(Column::text("actor_kind", "person, or program"))
        .column(Column::text("target", "the id of the account, or of the group that got or lost a role"))
        .column(Column::text("target_login", "its login, or its name"))
        .column(Column::text("privilege", "the role or group that it is about"))
        .column(Column::boolean("grants", "whether it gives rights").required())
        .column(Column::boolean("by_oneself", "whether who did it is the account itself").required())
        .column(Column::boolean("succeeded", "whether it took effect").required())
}
