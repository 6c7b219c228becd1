// The written semantics, as `evt help semantics` prints them.

/// What the numbers of evt mean, in words: the text of the page evt-semantics(7).
public enum SemanticsPage {
  /// The page for a terminal, in lines of at most 80 columns.
  public static let text = #"""
    TIME
         Times are instants in nanoseconds since 1970-01-01T00:00Z; they are never
         rounded.  A range of time holds its first instant and not its last:
         --since 2026-01-01 --until 2026-02-01 is all of January and nothing of
         February.  --last 7d is the seven days that end at --until, or else now.
         --now sets the present, so that a question can be asked again later with
         the same answer.  Without a range all events count, also those that lie
         ahead of the clock.

         Times without an offset, such as 2026-03-29 or today, and lengths in months
         are those of the zone that --tz names, UTC without it.  A time that the
         zone's clock leaps over is the instant of the leap, one that the clock
         shows twice is the first of the two.

    USERS AND DISTINCT COUNTS
         A user is a text in user_id.  Users are the same when their texts are the
         same bytes.  Rows whose user is absent, null or empty belong to nobody:
         they count as rows, never as users, and take no part in funnels and
         cohorts.
         Distinct counts (users, sessions, uniq) are exact.

    FUNNEL
         A funnel asks how many users take given steps in order within a window of
         time.

       Steps
         The steps are one argument, separated by commas.

         NAME    Events of this name.  It may hold spaces, but none of the
                 characters , | [ ] and " unless it is quoted: "named, oddly".  In
                 quotes "" is a quote.

         NAME[expression]
                 Events of this name for which the expression holds; the
                 expressions are those of --where.

         A|B     Events that match either.  Brackets belong to the name before
                 them: A|B[x = 1] takes every A.

         *       Any event; *[expression] is any event for which the expression
                 holds.

         An event may match several steps, and steps may be alike.  There is no
         limit to their number.

       Level
         The level of a user is the largest k for which k different events of the
         user match the steps 1 to k, in this order, with times that never
         decrease, the last at most the window after the first.  Nothing else
         counts:

         •   Any event of step 1 may begin, not only the first one.  A user who
             begins twice, and comes further the second time, has the level of the
             second time.

         •   One event fills one step.  With the steps page_view,page_view two
             page views are needed.

         •   Events between the steps do not matter.

         •   Events of the same instant may serve in any order.  Whoever has step
             1 and step 2 in the same millisecond has both, whichever line came
             first.

         •   The order of lines in the input never matters.

         •   The window is elapsed time, and its last instant is inside: within 30
             minutes of 12:00:00 is also 12:30:00.  Midnight means nothing to it.

         This is the largest level that trying all ways to assign events to steps
         would find.  ClickHouse's windowFunnel agrees in its mode strict_once; in
         its default mode an event that matches two steps fills both, as a single
         page_view would for page_view,page_view.

         The window is 30 minutes unless --window says otherwise, and every answer
         says what it was.  The range of time and --where select the events that
         count, at every step: a step outside of the range did not happen.

       Counts
         count   The users whose level is this step or a later one.

         rate    Of the users of step 1, the percentage counted here.

         from_previous
                 Of the users of the step before, the percentage counted here.

         drop_off
                 Of the users of the step before, the percentage not counted here.

         in_progress
                 Of the users whose level is exactly this step, the number of
                 those whose level may still rise: their last event of step 1 lies
                 so late that its window reaches the end of the observation.  The
                 observation ends at --until, or else now.  Nobody is in progress
                 at the last step.

         Percentages are not rounded.  A share of nothing is null, and so are
         from_previous and drop_off of step 1.  Events that match a step but
         belong to nobody are counted apart.

       Time to convert
         For each user one chain of events tells the times: of the chains that
         reach the user's level, those that complete it first; of those, those
         that begin last; and in these every step is taken as early as it can be
         after the one before.  With page views at 10:00 and 10:20 and a purchase
         at 10:30, the funnel page_view,purchase took ten minutes.

         median_ms, avg_ms and p90_ms of a step are over all users counted there,
         in milliseconds from the step before; those with from_first are from step
         1.  Quantiles interpolate between the two nearest values, as
         quantileExactInclusive in ClickHouse does: the median of 1 and 2 is 1.5.

       Breakdown
         With --by a user belongs to the group of the value that --by has at the
         first event of the user's chain.  When several events of that instant
         could be the first, it is the one with the least value (truth values,
         then numbers, then texts; null is last).  So each user is in one group,
         and the groups add up to the whole.  Shown are the groups with the most
         users at step 1; the number of groups and users beyond them is told.

       Lists of users
         --users reached:K lists the users counted at step K, and --users
         dropped:K those counted at step K-1 and not at K, users in progress
         included.  entered_at is the time of step 1 in the user's chain,
         converted_at that of the last step of the funnel, or null; step_ms has
         the milliseconds from step to step.  The list is ordered by the hash of
         the user, as the store is.

    TREND
         A trend cuts time into buckets and has figures for each: the number of
         events, their distinct users, or what else --agg asks for.  Each event
         named is a series of its own; without a name all events are one.

       Buckets
         Buckets are minutes, quarter hours, hours, days, weeks or months (--every)
         of the zone --tz.  Without --every they are the finest of which the range,
         or without one the store, has about 100.

         A day begins at the first instant of its date and ends where a later date
         begins.  It has 23 or 25 hours when the clock is set, and begins at 01:00
         where midnight does not exist.  A date that the zone leaps over has no
         bucket; what comes back of a date after a later one had begun belongs to
         the later one.  Weeks begin on Monday, as in ISO 8601, unless --week-start
         says sunday; weeks and months begin with their first day.

         What is shorter than a day is counted from midnight by the clock and is cut
         where the clock is set: an hour that the clock shows twice is two buckets,
         told apart by their offset.

         Every instant is in exactly one bucket, and every bucket of the range has
         figures, also when nothing happened: counts and sums are 0 then, other
         figures null.  The range is that of the question; where it is open, it goes
         from the first or to the last event of the store, whichever events are
         asked for.

         A bucket is partial when it is not over, when the range begins or ends
         within it, or when it has days of which only rollups are left that cannot
         tell.

       Series
         With --by each event has a series for each of the values with the greatest
         first figure over all buckets and events (--top, 5 without it), and one
         that is called other for the rest.  Equal figures are ordered by value,
         null last.  The figures of other are computed over its events and not added
         up, so that a user with two of its values counts once.  Should a value be
         called other, the rest is called (other).

         With --cumulative every figure is over all events from the first bucket on
         to the end of its own: a user counts from the first bucket in which the
         user occurs, and once.  Averages, extremes and quantiles do not add up and
         are refused.

    COHORT
         A cohort is the users who began in the same bucket of time: hour, day, week
         or month (--every) of the zone --tz, as in a trend.  The question is how
         many of them came back.

       Start and return
         A user begins with the first event in the whole store that matches --start,
         a step as in a funnel; any, as *, is any event.  Every user begins once.
         The range of time selects cohorts by the start: who began before it is in
         none, not even with a later event, and events at its end or later did not
         happen.  Events for which --where does not hold did not happen either.
         Events that were removed from the store are not known: who was active only
         in their days before begins later here.

         A return is an event that matches --return and is not before the start.
         The start itself is one if it matches: with the same step, or any, all
         users are retained in period 0.  Events of the same instant as the start
         may have followed it.

       Periods
         Period 0 is the bucket of the start, and period K the bucket K buckets
         later.  With --clock rolling the periods are those of each user: period K
         is from K hours, 24 hours or 7 days after the start, this instant included,
         to one more, excluded; a month has no such length.  With --within there is
         a period for each window of elapsed time: 1d..7d is from 24 hours after the
         start, included, to 168, excluded.

         With --mode on a user is retained in the periods in which a return lies,
         with --mode after in these and all before them: the share of those who came
         back then or later, up to the end of the observation.

         The observation ends at --until, or now if that is earlier.  A period is
         complete when it is over for every user that could be in the cohort: the
         bucket is over, or with elapsed time the period of a user who began at the
         last instant of the cohort's bucket.  Periods that are not complete have
         no figure: ~ in tables where they have begun for the first of these users,
         and a dot where they have not; null in JSON.

       Figures
         size    The users of the cohort.  A bucket in which nobody began has no
                 row.

         retained
                 By period, the users who are retained in it.

         rate    By period, their percentage of the cohort, or with --ref prev of
                 those retained in the period before; of the cohort in period 0.
                 Percentages are not rounded; a share of nothing is null.

         mean    By period, the mean over the complete cells: weighted, of all their
                 users together, or simple, of their percentages.

         Rows that match one of the steps but belong to nobody are counted apart.

       Breakdown
         With --by a user belongs to the group of the value that --by has at the
         start; of several such events in that instant it is the one with the least
         value, null last.  Shown are the groups with the most users.
    """#
}
