// What evt counts, exactly: evt help semantics and evt-semantics(7).

extension HelpTopic {
  /// The meaning of every number, written so that a brute-force search can check it.
  static let semantics = HelpTopic(
    name: "semantics", title: "what evt counts, exactly",
    blocks: [
      .heading("Events"),
      .text(
        """
        An event has a name and a time, and may have a user, a session and an id. Everything else is \
        a property under its path. Values keep the type they were written in: 1.5 stays 1.5, "007" \
        stays text, integers beyond 64 bits stay exact. A path that an event does not have reads as \
        null. A user that is null, absent or empty is no user: such events count as events and never \
        as users.
        """),
      .heading("Time"),
      .text(
        """
        Times are instants with nanoseconds, shown in UTC. Ranges are half-open: an event at --since \
        is in, one at --until is out. --last 7d ends now; --now sets what now is. Days are days of \
        UTC.
        """),
      .heading("Counts"),
      .text(
        """
        count is the number of events, users and sessions the number of distinct ids that are \
        neither null nor empty. All of them are exact. Sums do not depend on the order of events: \
        integers and decimals are added exactly, other numbers in an exact accumulator that is \
        rounded once. Values that are no numbers are left out of sum and avg. The same question on \
        the same generation of the store gives the same bytes, for any number of threads.
        """),
      .heading("Funnels"),
      .text(
        """
        A user's level is the largest k for which k distinct events match the steps 1 to k, in \
        non-decreasing time, the last at most the window after the first (inclusive; elapsed time, \
        so no calendar and no daylight saving).
        """),
      .text(
        """
        Any event of step 1 may begin, not only the first one. The order of lines in the input never \
        matters. Events of the same instant may serve in any order. One event never fills two steps, \
        so a step given twice needs two events. This is the optimum that a brute-force search finds, \
        and what ClickHouse's windowFunnel gives in the mode strict_once.
        """),
      .text(
        """
        Users that are null, absent or empty are left out; the number of their matching events is \
        reported. The window is 30 minutes unless --window says otherwise, and always printed.
        """),
      .items([
        ("rate", "Percent of the users of step 1."),
        ("from_previous", "Percent of the users of the step before."),
        ("drop_off", "Percent of the users of the step before who did not come to this one."),
        (
          "in_progress",
          "Users who stopped at this step, and whose window is still open at the end of what is "
            + "observed: --until, else now."
        ),
        (
          "median_ms, avg_ms, p90_ms",
          "The time from the step before, for the chain from the latest entry that still reaches "
            + "the earliest completion."
        ),
      ]),
      .text(
        """
        Percentages are 0 to 100, unrounded in machine formats. 0 of 0 is null. With --by, users \
        belong to the group of the value at their entry, and the groups add up to the whole.
        """),
      .heading("Names"),
      .text(
        """
        An event or a property that the store has never seen is an error with the nearest names, \
        since a silent zero would look like an answer. --allow-missing takes it for nothing and warns.
        """),
    ])
}
