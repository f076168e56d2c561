//! What the collector declares: four facts, what it is given, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("lifecycle", env!("CARGO_PKG_VERSION"))
        .fact(leaver())
        .fact(owner())
        .fact(joiner())
        .fact(mover())
        .need(Need::files("people", "know who is employed since when and until when (`facts = \"Hr::Person\"`)"))
        .need(Need::files("accounts", "know the accounts of all systems (`facts = \"Iam::Account\"`)"))
        .need(Need::files("events", "know when accounts were closed (`facts = \"Iam::AccountEvent\"`)").optional())
        .need(Need::files("identities", "know whose an account is (`facts = \"Register::Identity\"`)").optional())
        .need(Need::files("requests", "know who approved access (`facts = \"Register::AccessRequest\"`)").optional())
        .need(Need::files("moves", "know who changed roles (`facts = \"Register::RoleChange\"`)").optional())
        .setting(
            Column::text("with", "which of the optional grants there are: events, identities, requests, moves; default none")
                .set(),
        )
        .setting(Column::duration(
            "window",
            "how far back leavers, joiners and movers are looked at; what is still open is, however old; default 366d",
        ))
        .setting(Column::text("time_zone", "the IANA zone in which days end; default UTC"))
        .setting(Column::boolean(
            "last_day",
            "whether an end at midnight means the whole day before the next midnight was worked, as dates without a time \
             do; default true",
        ))
}

fn leaver() -> Fact {
    Fact::new("leaver", "Lifecycle::Leaver", "one employment that ended, and what became of the person's accounts")
        .event_time("left_at")
        .column(Column::text("employee_number", "the number that HR gave").required())
        .column(Column::text("name", "the person's name"))
        .column(Column::text("employment_type", "such as employee or contractor"))
        .column(Column::datetime("ended_at", "when the employment ended, as HR has it").required())
        .column(Column::datetime("left_at", "when the clock started: then, or at the end of the last day").required())
        .column(Column::datetime("recorded_at", "when HR entered the end"))
        .column(Column::duration("entered_late", "how long after the clock started HR entered it"))
        .column(Column::long("accounts", "accounts of the person, those that are gone included").required())
        .column(Column::long("open", "those that are not closed").required())
        .column(Column::long("undated", "those that are closed, and nothing shows since when").required())
        .column(Column::long("gone", "those that only events know").required())
        .column(Column::long("by_email", "those that are the person's by their e-mail address alone").required())
        .column(Column::text("still_open", "the open ones, by system and login").set().required())
        .column(Column::datetime("last_closed_at", "when the last of the others was closed"))
        .column(Column::duration("took", "from the clock's start to that; negative where it was earlier"))
        .column(Column::datetime("rehired_at", "when the person's next employment started"))
}

fn owner() -> Fact {
    Fact::new("owner", "Lifecycle::Owner", "one account, and whose it is")
        .column(Column::text("system", "the audited system").required())
        .column(Column::text("collector", "the collector that observed it").required())
        .column(Column::text("account", "its id there").required())
        .column(Column::text("login", "what it is called"))
        .column(Column::boolean("enabled", "whether it can be used").required())
        .column(Column::text("kind", "person or service").required())
        .column(
            Column::text(
                "matched",
                "by what it is somebody's: number, identity, email, unknown-number, ambiguous, or none",
            )
            .required(),
        )
        .column(Column::text("employee_number", "whose it is"))
        .column(Column::text("person", "the name of that person"))
        .column(Column::text("employed", "active, not-yet, left, or unknown where it is nobody's").required())
        .column(Column::text("owner", "who answers for a service account"))
        .column(Column::text("owner_employed", "as `employed`, of that owner; absent where HR does not know the owner"))
}

fn joiner() -> Fact {
    Fact::new("joiner", "Lifecycle::Joiner", "one account that was created, and who approved it")
        .event_time("created_at")
        .column(Column::text("system", "the audited system").required())
        .column(Column::text("login", "what it is called"))
        .column(Column::text("employee_number", "whose it is"))
        .column(Column::datetime("created_at", "when it was created").required())
        .column(Column::boolean("requested", "whether there is a request for it").required())
        .column(Column::text("request", "the request's id"))
        .column(Column::text("approved_by", "who approved it"))
        .column(Column::datetime("approved_at", "when"))
        .column(Column::boolean("approved_before", "whether that was before the account was created").required())
        .column(Column::boolean("self_approved", "whether who approved it is whose account it is").required())
}

fn mover() -> Fact {
    Fact::new("mover", "Lifecycle::Mover", "one change of a person's roles, and what is left of the old ones")
        .event_time("effective_at")
        .column(Column::text("employee_number", "the number that HR gave").required())
        .column(Column::text("name", "the person's name"))
        .column(Column::datetime("effective_at", "since when the new roles hold").required())
        .column(Column::text("lost", "the old roles that are none of the new").set().required())
        .column(Column::long("accounts", "accounts of the person").required())
        .column(Column::long("left_count", "how many of the lost roles an enabled account still has").required())
        .column(Column::text("left", "those, by system, login and role").set().required())
        .column(Column::datetime("removed_at", "when the last of them was taken away, as far as events show"))
}
