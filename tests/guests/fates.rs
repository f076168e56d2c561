//! The table of fates: every hostile guest, what it tries, and how that ends.
//!
//! A number is that of the attack in the list of attacks that a host of plugins must bear; 0 is not in that list.

/// One row.
pub struct Fate {
    /// The guest's name; its program is the file of that name, with hyphens, in `programs/`.
    pub guest: &'static str,
    /// The number of its attack.
    pub number: u8,
    /// What it tries.
    pub attack: &'static str,
    /// The outcome, and the whole of the detail; of a good run its rows, what its population lacks, notes and log lines.
    pub fate: &'static str,
    /// The most memory that a process may have had which ran it, in MiB.
    pub peak_mib: u64,
}

/// Each row becomes an entry of [`FATES`] and a test of its own.
macro_rules! fates {
    ($($guest:ident: $number:literal, $attack:literal => $fate:literal, $peak_mib:literal;)*) => {
        /// The table.
        pub const FATES: &[Fate] = &[$(Fate {
            guest: stringify!($guest), number: $number, attack: $attack, fate: $fate, peak_mib: $peak_mib,
        },)*];

        mod guest {
            $(#[test] fn $guest() { crate::check(stringify!($guest)); })*
        }
    };
}

/// Attacks that no program can stand for, and the test that does.
pub const ELSEWHERE: &[(u8, &str)] = &[
    (17, "host/sandbox: engine::tests::what_determinism_rests_on_is_set"),
    (32, "host/sandbox: interfaces::http::tests::addresses::a_name_is_looked_up_once_and_reached_where_it_was_vetted"),
    (
        33,
        "host/sandbox: interfaces::http::tests::addresses::a_name_that_leads_to_nothing_public_is_denied_and_nothing_connects",
    ),
    (33, "tests: real_sources::a_name_that_leads_to_this_machine_is_reached_only_where_the_grant_says_so"),
    (35, "tests/guests: child::run sets proxies for every guest, and http_redirect reaches its origin all the same"),
    (46, "host/engine: catalog::plugins holds the digest against the pinned one"),
    (50, "host/sandbox: cache::tests"),
    (52, "host/sandbox: tests/sandbox/replaying.rs"),
    (53, "host/sandbox: tests/sandbox/refusals.rs::a_panicking_host_function_is_a_host_error"),
];

/// Attacks that nothing is tried against yet, and why.
pub const NOT_YET: &[(&[u8], &str)] =
    &[(&[44, 45, 47, 48, 49, 51], "they are attacks on bundles, which are not there")];

fates! {
    well_behaved: 0, "reads what it needs, emits what it read, claims it, and logs a line. It runs before and after every other"
        => "ok; {\"name\":\"what the source says\",\"size\":20}; log read and emitted", 48;
    endless_loop: 1, "never returns"
        => "fuel: more than 1000000 units of fuel (about one an instruction), limit is 1000000 (limits.fuel)", 48;
    expensive_fill: 1, "few instructions, each of which writes a megabyte"
        => "fuel: more than 100000000 units of fuel (about one an instruction), limit is 100000000 (limits.fuel)", 48;
    cheap_calls: 2, "asks for the time and for nothing else"
        => "output-limit: 10001 host calls, limit is 10000 (limits.host_calls)", 48;
    opening_and_dropping: 2, "opens and drops a file, again and again"
        => "output-limit: 10001 host calls, limit is 10000 (limits.host_calls)", 112;
    empty_emits: 2, "batches without a row"
        => "output-limit: 10001 host calls, limit is 10000 (limits.host_calls)", 48;
    answer_flood: 2, "reads one file fifty thousand times, and the host writes each of them down"
        => "output-limit: more than 50000 answers of the host, limit is 50000", 384;
    refusal_flood: 2, "asks again and again for what it is not granted; every refusal is kept"
        => "output-limit: more than 50000 answers of the host, limit is 50000", 256;
    endless_loop_under_endless_fuel: 3, "never returns, and has fuel for centuries"
        => "deadline: more than 100 ms of wall time, limit is 100 (limits.wall_time_ms)", 48;
    endless_realloc: 4, "loops where the host asks it for memory"
        => "fuel: more than 1000000 units of fuel (about one an instruction), limit is 1000000 (limits.fuel)", 48;
    endless_start: 4, "loops before anything of it is called"
        => "load-rejected: `describe` ended as fuel: more than 1000000000 units of fuel (about one an instruction), limit is 1000000000", 48;
    endless_describe: 4, "loops where it is asked what it is"
        => "load-rejected: `describe` ended as fuel: more than 1000000000 units of fuel (about one an instruction), limit is 1000000000", 48;
    endless_afterwards: 4, "returns, and loops when the host gives its result back"
        => "fuel: more than 1000000 units of fuel (about one an instruction), limit is 1000000 (limits.fuel)", 48;
    http_silent: 5, "an answer that never comes"
        => "plugin-error: timeout: request to `ORIGIN` took more than 300 ms", 48;
    http_silent_at_the_end: 5, "an answer that never comes, in the last moment of the run"
        => "deadline: more than 300 ms of wall time, limit is 300 (limits.wall_time_ms)", 48;
    memory_bomb: 6, "takes all the memory that there is"
        => "memory: 17825792 bytes of memory, limit is 16777216 (limits.memory_bytes)", 48;
    memory_bomb_at_once: 6, "takes 4 GiB in one step"
        => "memory: 4261937152 bytes of memory, limit is 16777216 (limits.memory_bytes)", 48;
    memory_hog: 6, "takes all the memory that it may have, writes to all of it, and keeps it for ever"
        => "deadline: more than 300 ms of wall time, limit is 300 (limits.wall_time_ms)", 64;
    memory_beyond_32_bits: 6, "asks for more than a 32-bit memory can ever be: -1 is the answer of WebAssembly, and no bound of a run"
        => "ok", 48;
    many_memories: 7, "four memories, each of them small enough"
        => "memory: 17825792 bytes of memory, limit is 16777216 (limits.memory_bytes)", 48;
    many_memories_beside: 7, "fifty memories, each in an instance of its own"
        => "load-rejected: `describe` ended as load-rejected: 17 or more memories, limit is 16", 48;
    huge_memory: 8, "starts with 4 GiB"
        => "load-rejected: `describe` ended as memory: 4297064448 bytes of memory, limit is 536870912", 48;
    table_bomb: 9, "grows a table without end"
        => "memory: 100011 table elements, limit is 100000 (limits.table_elements)", 48;
    huge_table: 9, "starts with a table of ten million elements"
        => "load-rejected: `describe` ended as memory: 10000010 table elements, limit is 100000", 48;
    many_tables: 9, "ninety tables"
        => "load-rejected: `describe` ended as load-rejected: 91 or more tables, limit is 64", 48;
    many_instances: 10, "ten thousand instances of one module: more than the format allows"
        => "load-rejected: plugin does not compile: instances count exceeds limit of 1000 (at offset 0x2d27)", 48;
    several_instances: 10, "nine hundred instances of one module: as many as the format allows"
        => "load-rejected: `describe` ended as load-rejected: 65 or more core instances, limit is 64", 48;
    handle_leak: 11, "opens a file again and again and keeps them all"
        => "output-limit: more than 10 live handles, limit is 10 (limits.handles)", 48;
    huge_emit: 12, "one batch of 200 MiB"
        => "output-limit: more than 16777216 bytes in one host call, limit is 16777216", 48;
    many_emits: 13, "one row after the other, each in a batch of its own"
        => "output-limit: 5001 rows emitted, limit is 5000 (limits.rows)", 48;
    heavy_rows: 13, "few rows with long texts"
        => "output-limit: 10040541 bytes emitted, limit is 10000000 (limits.emitted_bytes)", 48;
    many_small_rows: 13, "rows of almost nothing, as many as there may be"
        => "output-limit: 200001 rows emitted, limit is 200000 (limits.rows)", 80;
    many_small_texts: 13, "ten thousand short texts in every row's set, always others: little text, and much to keep"
        => "output-limit: 20404624 bytes emitted, limit is 20000000 (limits.emitted_bytes)", 80;
    many_small_parents: 13, "a thousand parents with short names in every row, always others: little text, and much to keep"
        => "output-limit: 20058096 bytes emitted, limit is 20000000 (limits.emitted_bytes)", 80;
    huge_set: 14, "a set of twenty thousand elements"
        => "contract-violation: row `one`: column `tags` has 20000 elements, limit is 10000", 48;
    huge_set_by_far: 14, "a set of a million elements"
        => "output-limit: more than 16777216 bytes in one host call, limit is 16777216", 48;
    huge_id: 14, "an id of a megabyte"
        => "contract-violation: row id of 1048576 bytes, limit is 1 to 1024", 48;
    deep_recursion: 15, "calls itself without end"
        => "trapped: stack-overflow: calls nest deeper than the stack, limit is 524288 bytes", 48;
    nested_components: 16, "a component within a component, ninety deep"
        => "load-rejected: plugin has components more than 16 deep within each other", 48;
    deeply_nested_components: 16, "a thousand components, each within the one before"
        => "load-rejected: plugin has components more than 16 deep within each other", 48;
    most_deeply_nested_components: 16, "a hundred thousand components, each within the one before"
        => "load-rejected: plugin has components more than 16 deep within each other", 48;
    nested_types: 16, "ninety types of components, each within the one before"
        => "load-rejected: plugin does not export `tickmark:collector/plugin@0.1`", 48;
    deeply_nested_types: 16, "ten thousand types of components, each within the one before: as many as the bound on types lets pass"
        => "load-rejected: plugin does not export `tickmark:collector/plugin@0.1`", 112;
    most_deeply_nested_types: 16, "two hundred thousand types of components, each within the one before"
        => "load-rejected: plugin has 600003 bytes of types in one section, limit is 32768", 48;
    deep_lists: 16, "a list of lists of lists, seven thousand deep, as a parameter"
        => "load-rejected: plugin does not compile: type nesting is too deep (at offset 0xf6)", 48;
    huge_type: 16, "a type that doubles in size twenty-five times"
        => "load-rejected: plugin does not compile: effective type size exceeds the limit of 1000000 (at offset 0x53)", 48;
    many_locals: 16, "a function with more locals than the format allows"
        => "load-rejected: plugin does not compile: Invalid input WebAssembly code at offset 3304: too many locals: locals exceed maximum", 48;
    slow_to_compile: 16, "one function of sixty thousand branches, which takes long to compile"
        => "load-rejected: the process that compiles this plugin was ended by signal 9, its limits are 2 s of processor time and 4294967296 bytes of memory", 192;
    late_to_compile: 16, "one function of sixty thousand branches, and a host in a hurry"
        => "load-rejected: compiling took more than 3000 ms", 192;
    large_to_compile: 16, "one function of sixty thousand branches, which takes much memory to compile"
        => "load-rejected: the process that compiles this plugin failed, its limits are 120 s of processor time and 700000000 bytes of memory", 192;
    sound_when_compiled_apart: 16, "nothing out of the ordinary, and the limits on compiling are the usual ones"
        => "ok", 48;
    text: 18, "the text of a component in place of the component"
        => "load-rejected: plugin is no WebAssembly, expected a WebAssembly component", 48;
    core_module: 18, "a core module"
        => "load-rejected: plugin is a core WebAssembly module, expected a WebAssembly component", 48;
    compiled_code: 18, "what wasmtime compiles components to"
        => "load-rejected: plugin is compiled code, expected a WebAssembly component", 48;
    empty: 18, "nothing"
        => "load-rejected: plugin is empty, expected a WebAssembly component", 48;
    malformed: 18, "the header of a component, and then rubbish"
        => "load-rejected: plugin does not compile: malformed section id (at offset 0x8)", 48;
    cut_off: 18, "a component that ends inside a section"
        => "load-rejected: plugin does not compile: unexpected end-of-file (at offset 0xa)", 48;
    imports_wasi: 19, "asks for the environment by WASI"
        => "load-rejected: plugin imports `wasi:cli/environment@0.2.0`, only `tickmark:collector/...@0.1` is offered", 48;
    imports_function: 19, "asks for a bare function"
        => "load-rejected: plugin imports `shell`, only `tickmark:collector/...@0.1` is offered", 48;
    imports_next_version: 19, "asks for a version of the contract that there is not"
        => "load-rejected: plugin imports `tickmark:collector/files@0.2.0`, only `tickmark:collector/...@0.1` is offered", 48;
    imports_unknown_interface: 19, "asks for an interface that the contract does not have"
        => "load-rejected: plugin does not fit the contract: component imports instance `tickmark:collector/shell@0.1.0`, but a matching implementation was not found in the linker: instance export `run` has the wrong type: function implementation is missing", 48;
    imports_module: 19, "asks for a module"
        => "load-rejected: plugin imports `tickmark:collector/code`, only `tickmark:collector/...@0.1` is offered", 48;
    wrong_types: 20, "the right names with other types"
        => "load-rejected: plugin does not fit the contract: component imports instance `tickmark:collector/run@0.1.0`, but a matching implementation was not found in the linker: instance export `as-of` has the wrong type: type mismatch with results: expected `s64` found `string`", 48;
    exports_nothing: 20, "a component that exports nothing"
        => "load-rejected: plugin does not export `tickmark:collector/plugin@0.1`", 48;
    exports_empty: 20, "an empty instance of the right name"
        => "load-rejected: plugin does not fit the contract: instance export `tickmark:collector/plugin@0.1.0` does not have export `describe`", 48;
    realloc_calls_out: 21, "calls the host while the host asks it for memory"
        => "abi-violation: cannot-leave-component: cannot leave component instance", 48;
    bad_utf8: 22, "logs bytes that are no text"
        => "abi-violation: invalid utf-8 sequence of 1 bytes from index 0", 48;
    bad_enum: 22, "logs at a level that there is not"
        => "abi-violation: unexpected discriminant: 9", 48;
    bad_variant: 22, "a cell of a shape that there is not"
        => "abi-violation: unexpected discriminant: 7", 48;
    bad_result: 22, "a result that is neither ok nor a failure"
        => "abi-violation: invalid expected discriminant", 48;
    bad_result_pointer: 22, "a result at the end of memory"
        => "abi-violation: pointer out of bounds of memory", 48;
    unaligned_result: 22, "a result at an odd address"
        => "abi-violation: return pointer not aligned", 48;
    list_out_of_bounds: 22, "a list of notes that ends beyond memory"
        => "abi-violation: list pointer/length out of bounds of memory", 48;
    list_that_wraps: 22, "a list whose size wraps around 32 bits"
        => "abi-violation: list pointer/length out of bounds of memory", 48;
    text_out_of_bounds: 22, "a text that ends beyond memory"
        => "abi-violation: string pointer/length out of bounds of memory", 48;
    realloc_out_of_bounds: 22, "gives the host memory that is not there"
        => "abi-violation: realloc return: beyond end of memory", 48;
    nan_bits: 23, "looks at the bits of a NaN with a payload of its own: they are the canonical ones"
        => "ok; {\"name\":\"one\",\"size\":2251250057871360}", 48;
    path_upwards: 24, "a path upwards"
        => "denied: path `../secret` has an empty, `.` or `..` part", 48;
    path_upwards_inside: 24, "a path upwards from inside"
        => "denied: path `sub/../../secret` has an empty, `.` or `..` part", 48;
    path_absolute: 24, "an absolute path"
        => "denied: path `/etc/passwd` is absolute", 48;
    path_nul: 24, "a path with a NUL"
        => "denied: path `data\\0x` has a backslash or a control character", 48;
    path_backslash: 24, "a path with a backslash"
        => "denied: path `..\\\\secret` has a backslash or a control character", 48;
    path_overlong: 24, "a path of a megabyte"
        => "denied: path is 1048576 bytes, more than 4096", 48;
    list_upwards: 24, "a listing of the folder above"
        => "denied: path `..` has an empty, `.` or `..` part", 48;
    symlink_out: 25, "a link that leads out of the folder"
        => "denied: `out` leads out of the granted folder", 48;
    symlink_folder_out: 25, "a link to a folder outside, and on from there"
        => "denied: `up/secret` leads out of the granted folder", 48;
    path_device_name: 25, "a file descriptor of the host, by the kernel's own link"
        => "denied: `/proc` is in the kernel's proc file system; single files there can be granted", 48;
    kernel_folder: 26, "the environment of the host, in a folder of the kernel's"
        => "denied: `/proc` is in the kernel's proc file system; single files there can be granted", 48;
    fifo: 26, "a pipe that nobody writes to"
        => "denied: `fifo` is a FIFO, not a regular file", 48;
    socket: 26, "a socket"
        => "denied: `socket` is a socket or a device, not a regular file", 48;
    device: 26, "a device without an end"
        => "denied: `/dev/zero` is a device, not a regular file", 48;
    growing_file: 27, "a file that somebody writes to for as long as it is read"
        => "plugin-error: limit: `DIR/growing` is more than 1000000 bytes", 48;
    command_option: 28, "an option in place of a word"
        => "denied: parameter `word` starts with `-`", 48;
    command_dash: 28, "a lone dash"
        => "denied: parameter `word` starts with `-`", 48;
    command_newline: 28, "two lines in place of one word"
        => "denied: parameter `word` has a control character", 48;
    command_nul: 28, "a NUL in a word"
        => "denied: parameter `word` has a control character", 48;
    command_empty: 28, "no word at all"
        => "denied: parameter `word` is empty", 48;
    command_shell: 28, "what a shell would take for a second command"
        => "ok; note ; touch /tmp/tickmark-was-here\\n", 48;
    command_parameter: 28, "a parameter that the grant does not have"
        => "denied: parameter `path` is not granted", 48;
    command_grandchild: 29, "a program that leaves one of its own behind, with its output in its hands"
        => "plugin-error: timeout: program `/bin/sh` took more than 300 ms", 48;
    command_environment: 29, "looks into the environment of a program that it starts"
        => "ok; note ", 48;
    http_other_host: 30, "a path that a server reads as another host"
        => "plugin-error: invalid: path `//evil.example/` starts with `//`", 48;
    http_at_host: 30, "a path that makes the origin a user name"
        => "plugin-error: invalid: path `@evil.example/` does not start with `/`", 48;
    http_backslash: 30, "a backslash in place of a slash"
        => "plugin-error: invalid: path `/\\\\evil.example` has a character that must be percent-encoded", 48;
    http_upwards: 30, "a path upwards, percent-encoded"
        => "plugin-error: invalid: path `/%2e%2e/admin` has a `.` or `..` segment", 48;
    http_absolute: 30, "a whole URL in place of a path"
        => "plugin-error: invalid: path `http://evil.example/` does not start with `/`", 48;
    http_split: 30, "a second request in the path"
        => "plugin-error: invalid: path `/ HTTP/1.1\\r\\nHost: evil.example` has a character that must be percent-encoded", 48;
    http_redirect: 31, "asks for what redirects elsewhere: the redirect is the answer"
        => "ok", 48;
    http_metadata: 33, "asks an origin that is the metadata service of a cloud, which only its address in `addresses` allows"
        => "denied: `http://169.254.169.254` leads to 169.254.169.254 (metadata), which the grant does not name, add `addresses = [\"169.254.169.254\"]`", 48;
    http_metadata_translated: 33, "the same by an address that a NAT64 translates to it"
        => "denied: `http://[64:ff9b::a9fe:a9fe]` leads to 64:ff9b::a9fe:a9fe (metadata, it carries 169.254.169.254), which the grant does not name, add `addresses = [\"169.254.169.254\"]`", 48;
    http_address_mapped: 33, "an origin whose IPv6 address is an IPv4 address"
        => "plugin-error: invalid: origin `[::ffff:127.0.0.1]` hides an IPv4 address, expected `127.0.0.1` itself", 48;
    http_address_short: 33, "an origin whose address lacks its zeros"
        => "plugin-error: invalid: origin `127.1` ends in a number, expected an IPv4 address of four plain decimal numbers", 48;
    http_address_number: 33, "an origin whose address is one number"
        => "plugin-error: invalid: origin `2130706433` ends in a number, expected an IPv4 address of four plain decimal numbers", 48;
    http_address_octal: 33, "an origin whose address is partly octal"
        => "plugin-error: invalid: origin `0177.0.0.1` ends in a number, expected an IPv4 address of four plain decimal numbers", 48;
    http_address_hexadecimal: 33, "an origin whose address is partly hexadecimal"
        => "plugin-error: invalid: origin `0x7f.0.0.1` ends in a number, expected an IPv4 address of four plain decimal numbers", 48;
    http_address_of_nobody: 33, "an origin at the address that stands for every machine, this one included"
        => "plugin-error: invalid: origin `0.0.0.0` is the address of no machine, expected `127.0.0.1` for this one", 48;
    header_host: 34, "a host of its own choice"
        => "denied: header `host` may not be set by a collector", 48;
    header_credential: 34, "a credential of its own choice"
        => "denied: header `authorization` may not be set by a collector", 48;
    header_length: 34, "a body of another length than there is"
        => "denied: header `transfer-encoding` may not be set by a collector", 48;
    header_proxy: 34, "a credential for a proxy"
        => "denied: header `proxy-authorization` may not be set by a collector", 48;
    header_split: 34, "a second header in the first one's value"
        => "plugin-error: invalid: header `x-a` has a control character", 48;
    header_name: 34, "a second header in the first one's name"
        => "plugin-error: invalid: `X-A: 1\\r\\nHost` is not a name of a header", 48;
    http_bomb: 36, "a body of 64 MB in a few bytes"
        => "plugin-error: limit: response of `ORIGIN` is more than 1000000 bytes", 48;
    http_endless: 36, "a body that never ends"
        => "plugin-error: limit: response of `ORIGIN` is more than 1000000 bytes", 48;
    credential_sent_back: 37, "asks a site that repeats the credential it is asked with, in a header and three ways in its body"
        => "ok; note <redacted>; note <redacted> {\"t\":\"<redacted>\"} YX<redacted>", 48;
    sql_injection: 38, "a second statement in place of a name"
        => "ok", 48;
    sql_writing: 38, "a grant whose query writes"
        => "denied: query does more than read tables", 48;
    sql_endless: 38, "a query that counts without end"
        => "plugin-error: timeout: query on `DIR/people.db` took more than 300 ms", 48;
    log_flood: 39, "logs without end"
        => "output-limit: 1001 log lines, limit is 1000 (limits.log_lines)", 48;
    log_forgery: 39, "logs a line feed, a colour, a change of direction, and far too much"
        => "ok; log read\\n12:00 control passes\\u{1b}[32m \\u{202e}; log x{4096} [cut, 1048576 bytes]", 48;
    huge_log_line: 39, "logs 17 MiB at once"
        => "output-limit: more than 16777216 bytes in one host call, limit is 16777216", 48;
    forged_failure: 39, "fails with words that look like the host and paint the terminal"
        => "plugin-error: denied: denied\\nok: 1 row\\u{1b}[32m", 48;
    undeclared_fact: 40, "emits a fact that it does not declare"
        => "contract-violation: fact `person` is not declared", 48;
    undeclared_column: 40, "emits a column that it does not declare"
        => "contract-violation: fact `thing` has no column `colour`", 48;
    wrong_type: 40, "a number where a text is declared"
        => "contract-violation: row `one`: column `name` is declared text, the cell is long", 48;
    absent_required: 40, "leaves out what every row has"
        => "contract-violation: row `one`: required column `name` is absent", 48;
    unknown_receipt: 40, "names a receipt that no host call has"
        => "contract-violation: row `one` names receipt 99, which no host call has", 48;
    no_receipt: 40, "shows nothing for its row"
        => "contract-violation: row `one` names no receipt, so nothing shows where it was read", 48;
    conflicting_rows: 40, "one thing with two names"
        => "contract-violation: row `one` is there twice", 48;
    broken_then_endless: 40, "breaks the contract, and loops instead of ending"
        => "contract-violation: fact `person` is not declared", 48;
    column_twice: 40, "names one column twice in a batch"
        => "contract-violation: column `name` is named twice in one batch", 48;
    many_columns: 40, "a batch of three hundred thousand columns without a name"
        => "contract-violation: fact `thing` has no column ``", 48;
    long_beyond: 41, "the largest number of 64 bits, which canonical JSON does not keep"
        => "contract-violation: row `one`: column `size`: long `9223372036854775807` is outside -9007199254740991 to 9007199254740991", 48;
    long_below: 41, "the smallest number of 64 bits"
        => "contract-violation: row `one`: column `size`: long `-9223372036854775808` is outside -9007199254740991 to 9007199254740991", 48;
    decimal_below: 41, "the smallest decimal of 64 bits"
        => "ok; {\"name\":\"one\",\"rate\":\"-922337203685477.5808\"}", 48;
    datetime_beyond: 41, "a time that no calendar has"
        => "contract-violation: row `one`: column `at`: datetime `9223372036854775807` ms is outside the years 0001 to 9999", 48;
    duration_below: 41, "the smallest duration of 64 bits"
        => "ok; {\"name\":\"one\",\"took\":\"-106751991167d7h12m55s808ms\"}", 48;
    bad_ip: 41, "an address that is none"
        => "contract-violation: row `one`: column `addr`: `127.0.0.1/99` is not an IP address or CIDR network", 48;
    entity_of_another_kind: 41, "refers to an entity of a kind that is not declared"
        => "contract-violation: row `one`: column `owner` is declared entity Test::Group, the cell is entity Action", 48;
    declares_action: 41, "declares a kind that Cedar takes for actions"
        => "load-rejected: plugin declares itself wrongly: entity kind `Act::Action` is reserved", 48;
    another_kind: 42, "emits a row of a kind that belongs to another plugin"
        => "contract-violation: row `one` is of kind `Other::Thing`, fact `thing` declares `Test::Thing`", 48;
    population_lie: 43, "claims a thousand things and emits one"
        => "ok; {\"name\":\"one\"}; Count { emitted: 1, claimed: 1000 }", 48;
    waiting_for_time: 54, "waits for a clock that stands still"
        => "output-limit: 10001 host calls, limit is 10000 (limits.host_calls)", 48;
    aliased_notes: 0, "a hundred thousand notes, all of them the same megabyte: 100 GiB once they are copied"
        => "output-limit: more than 16777216 bytes in one host call, limit is 16777216", 64;
    declares_host_kind: 0, "declares a kind that belongs to the host itself"
        => "load-rejected: plugin declares itself wrongly: entity kind `Tickmark::A` is reserved", 48;
    declares_keyword: 0, "declares a kind with a word of Cedar's own in the place of a name"
        => "load-rejected: plugin declares itself wrongly: entity kind `Test::in::A` is not of the form `Namespace::Kind`", 48;
    describe_calls_out: 0, "asks the host for the time where it is asked what it is"
        => "load-rejected: `describe` ended as denied: `run.as-of` is called inside `describe`", 48;
    describe_differs: 0, "another name at each call"
        => "load-rejected: `describe` gives another answer when it is called again", 48;
    describe_opens: 0, "opens a file where it is asked what it is"
        => "load-rejected: `describe` ended as denied: `files.open` is called inside `describe`", 48;
    division_by_zero: 0, "divides by zero"
        => "trapped: integer-division-by-zero: integer divide by zero", 48;
    dropped_handle: 0, "uses a handle that it gave back"
        => "abi-violation: unknown handle index 1", 48;
    forged_handle: 0, "uses a handle that it was never given"
        => "abi-violation: unknown handle index 77", 48;
    handle_of_another_type: 0, "reads rows from a blob"
        => "abi-violation: handle index 1 used with the wrong type, expected guest-defined resource but found a different guest-defined resource", 48;
    huge_descriptor: 0, "a name of a megabyte"
        => "load-rejected: plugin declares itself wrongly: plugin name `x{499} [cut, 1048621 bytes]", 48;
    huge_failure: 0, "fails with a megabyte of words"
        => "plugin-error: x{2048} [cut, 2097154 bytes]", 48;
    huge_grant_name: 0, "asks for a need whose name is a megabyte of line feeds"
        => "denied: files `\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n [cut, 1048576 bytes]` is asked for, but the plugin does not declare that need", 48;
    many_facts: 0, "declares twenty thousand facts without a name"
        => "load-rejected: plugin declares itself wrongly: facts 20000, limit is 64; fact `` is declared twice; fact `` is declared twice; fact `` is declared twice; fact `` is declared twice; fact `` is declared twice; fact `` is declared twice; fact `` is declared twice; and 79991 more", 48;
    many_notes: 0, "two thousand empty notes"
        => "output-limit: 2000 notes, limit is 1000", 48;
    memory_churn: 0, "reads a file again and again, and gives every answer back: nothing of it may stay with the host"
        => "output-limit: 100001 host calls, limit is 100000 (limits.host_calls)", 48;
    null_call: 0, "calls an empty slot of a table"
        => "trapped: indirect-call-to-null: uninitialized element", 48;
    out_of_bounds: 0, "reads beyond its memory"
        => "trapped: memory-out-of-bounds: out of bounds memory access", 48;
    swallowed_refusal: 0, "asks outside of what it cannot do without, and says nothing of it"
        => "denied: required files `vital`: path `../secret` has an empty, `.` or `..` part", 48;
    undeclared_need: 0, "asks for a need that it does not declare"
        => "denied: files `secrets` is asked for, but the plugin does not declare that need", 48;
    undeclared_setting: 0, "asks for a setting that it does not declare"
        => "contract-violation: setting `colour` is not declared", 48;
    ungranted_need: 0, "asks for what it declares and is not granted"
        => "denied: files `ungranted` is not granted, add `grants.files.ungranted`", 48;
    unreachable: 0, "ends itself"
        => "trapped: unreachable-code-reached: wasm `unreachable` instruction executed", 48;
}
