// Whom alerts tell what, against a log of everything that every channel ever took.

import EvtCore
import TestSupport
import Testing

@testable import Analytics

@Suite("AlertMemory")
struct AlertMemoryTests {
  private static let minute: Int64 = 60_000_000_000

  /// The slow twin: it keeps every outcome and every notice that was taken, and derives all from
  /// these lists.
  private struct Log {
    var outcomes: [(now: Int64, outcome: AlertOutcome)] = []
    var taken: [(now: Int64, notice: AlertNotice)] = []

    /// The first alerting outcome behind the last that was ok.
    var incident: Int64? {
      let rest = outcomes.suffix(while: { $0.outcome.state != .ok })
      return rest.first { $0.outcome.isAlerting }.flatMap { $0.outcome.since }
    }

    func due(_ rule: AlertRule) -> [AlertNotice] {
      guard let (now, outcome) = outcomes.last else { return [] }
      return rule.channels.compactMap { channel in
        let mine = taken.filter { $0.notice.channel == channel }
        if let since = incident {
          let lastTold = mine.last { $0.notice.kind != .resolved }
          guard outcome.isAlerting, lastTold.map({ now - $0.now >= rule.cooldown }) ?? true else {
            return nil
          }
          return AlertNotice(
            rule: rule.id, channel: channel, kind: outcome.state == .noData ? .noData : .firing,
            since: since, until: nil)
        }
        guard let last = mine.last, last.notice.kind != .resolved else { return nil }
        // The end of the latest incident: the first ok behind an alerting outcome.
        let alerting = outcomes.lastIndex { $0.outcome.isAlerting } ?? 0
        let end = outcomes[alerting...].first { $0.outcome.state == .ok }?.now
        return AlertNotice(
          rule: rule.id, channel: channel, kind: .resolved, since: last.notice.since, until: end)
      }
    }
  }

  @Test("random histories and failures equal the log of all that happened", arguments: 0..<10)
  func randomHistories(_ part: UInt64) throws {
    for seed in part * 100..<(part + 1) * 100 {
      var random = SeededGenerator(seed: seed)
      var rule = AlertRule(
        id: "r", name: "r", condition: .noData(nil), window: Self.minute)
      rule.channels = Array(["stdout", "ops", "pager"].prefix(1 + random.below(3)))
      rule.cooldown = Int64(random.below(30)) * Self.minute
      var memory = AlertMemory()
      var saved = memory.encoded
      var log = Log()
      var now = UTCDay(year: 2026, month: 1, day: 5).start
      for run in 0..<60 {
        now += Int64(1 + random.below(8)) * Self.minute
        let outcome = Self.outcome(now, &random, last: log.outcomes.last?.outcome)
        log.outcomes.append((now, outcome))
        let expected = log.due(rule)
        let due = memory.observe(rule, outcome, now: now)
        let comment: Comment = "seed \(seed), run \(run)"
        #expect(due == expected, comment)
        #expect(memory.since("r") == log.incident, comment)
        // A killed run forgets what it saw and what it told; it is as if it had not been.
        if random.chance(1, in: 10) {
          log.outcomes.removeLast()
          memory = try AlertMemory(decoding: saved)
          continue
        }
        for notice in due where random.chance(2, in: 3) {
          memory.confirm(notice, of: rule, now: now)
          log.taken.append((now, notice))
        }
        saved = memory.encoded
        memory = try AlertMemory(decoding: saved)
      }
    }
  }

  private static func outcome(
    _ now: Int64, _ random: inout SeededGenerator, last: AlertOutcome?
  ) -> AlertOutcome {
    // States last for a while.
    var state = last?.state ?? .ok
    if random.chance(1, in: 3) { state = random.pick(AlertState.allCases) }
    var outcome = AlertOutcome(state: state, counts: [0], value: 0)
    outcome.isAlerting =
      state == .firing
      || (state == .noData
        && (last?.state == .noData ? last?.isAlerting == true : random.chance(1, in: 2)))
    if outcome.isAlerting || state == .pending { outcome.since = now - 60 }
    return outcome
  }

  private func rule(cooldown: Int64 = 3_600_000_000_000) -> AlertRule {
    var rule = AlertRule(id: "r", name: "r", condition: .noData(nil), window: Self.minute)
    rule.cooldown = cooldown
    rule.channels = ["a", "b"]
    return rule
  }

  private static func alerting(since: Int64) -> AlertOutcome {
    AlertOutcome(state: .firing, isAlerting: true, since: since, counts: [0], value: 0)
  }
  private static let fine = AlertOutcome(state: .ok, counts: [1], value: 1)

  @Test("the cooldown begins only when a channel took the notice, for each channel by itself")
  func cooldown() {
    let rule = rule()
    let hour = rule.cooldown
    var memory = AlertMemory()
    let first = memory.observe(rule, Self.alerting(since: 5), now: 10)
    #expect(first.map(\.channel) == ["a", "b"])
    memory.confirm(first[0], of: rule, now: 10)
    #expect(memory.observe(rule, Self.alerting(since: 20), now: 20).map(\.channel) == ["b"])
    #expect(memory.since("r") == 5)
    #expect(memory.observe(rule, Self.alerting(since: 20), now: 9 + hour).map(\.channel) == ["b"])
    #expect(
      memory.observe(rule, Self.alerting(since: 20), now: 10 + hour).map(\.channel) == ["a", "b"])
  }

  @Test("only who was told hears that it is over, until it is taken, with the same end")
  func resolved() {
    let rule = rule()
    var memory = AlertMemory()
    let first = memory.observe(rule, Self.alerting(since: 5), now: 10)
    memory.confirm(first[0], of: rule, now: 10)
    let over = AlertNotice(rule: "r", channel: "a", kind: .resolved, since: 5, until: 20)
    #expect(memory.observe(rule, Self.fine, now: 20) == [over])
    #expect(memory.observe(rule, Self.fine, now: 30) == [over])
    memory.confirm(over, of: rule, now: 30)
    #expect(memory.observe(rule, Self.fine, now: 40) == [])
    #expect(memory.observe(rule, Self.fine, now: 10 + rule.cooldown) == [])
    #expect(memory == AlertMemory())
  }

  @Test("neither pending nor too few events end an incident")
  func staysOpen() {
    let rule = rule(cooldown: 0)
    var memory = AlertMemory()
    for notice in memory.observe(rule, Self.alerting(since: 5), now: 10) {
      memory.confirm(notice, of: rule, now: 10)
    }
    for state in [AlertState.pending, .insufficient, .noData] {
      let outcome = AlertOutcome(state: state, counts: [0], value: nil)
      #expect(memory.observe(rule, outcome, now: 20) == [])
      #expect(memory.since("r") == 5)
    }
    #expect(memory.observe(rule, Self.alerting(since: 28), now: 30).map(\.since) == [5, 5])
  }

  @Test("a clock that was ahead by more than the cooldown silences nobody")
  func clockBack() {
    let rule = rule()
    var memory = AlertMemory()
    let future = 10 * rule.cooldown
    for notice in memory.observe(rule, Self.alerting(since: 5), now: future) {
      memory.confirm(notice, of: rule, now: future)
    }
    #expect(memory.observe(rule, Self.alerting(since: 5), now: future - 5) == [])
    #expect(memory.observe(rule, Self.alerting(since: 5), now: 10).count == 2)
  }

  @Test("rules of other files are kept")
  func others() {
    var other = rule()
    other.id = "other"
    var memory = AlertMemory()
    for notice in memory.observe(other, Self.alerting(since: 5), now: 10) {
      memory.confirm(notice, of: other, now: 10)
    }
    let before = memory.entries["other"]
    _ = memory.observe(rule(), Self.alerting(since: 5), now: 10 + 100 * other.cooldown)
    #expect(memory.entries["other"] == before)
  }
}

extension Array {
  /// The longest run of elements at the end that pass `test`.
  fileprivate func suffix(while test: (Element) -> Bool) -> ArraySlice<Element> {
    self[(lastIndex { !test($0) }.map { $0 + 1 } ?? 0)...]
  }
}
