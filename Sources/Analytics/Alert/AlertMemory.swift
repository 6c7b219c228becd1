// Whom alerts told what: what must be remembered from one run to the next, and nothing else.

import EvtCore

/// Something that one channel must be told of one rule.
public struct AlertNotice: Hashable, Sendable {
  /// What happened.
  public enum Kind: String, Sendable {
    case firing
    case noData = "no_data"
    /// The rule is ok again.
    case resolved
  }

  /// The rule's id.
  public var rule: String
  public var channel: String
  public var kind: Kind
  /// Since when the rule is, or was, alerting.
  public var since: Int64
  /// When it was first found ok again; nil while it is alerting.
  public var until: Int64?
}

/// The incidents that are open, and the last notice that each channel took.
///
/// An incident begins when a rule is found alerting, and ends when it is found ok: neither pending
/// nor too few events end it. A channel hears of a rule again when the rule's cooldown has passed
/// since it took the last notice, in whichever incident; and that a rule is ok again if it was the
/// last to hear of it. What a channel did not take is due again.
public struct AlertMemory: Hashable, Sendable {
  struct Channel: Hashable, Sendable {
    /// When it last took a notice that the rule is alerting.
    var told: Int64
    /// Since when the rule is alerting, for all that it knows; nil when it knows the rule is ok.
    var believes: Int64?
  }

  struct Entry: Hashable, Sendable {
    /// Since when the rule is alerting.
    var since: Int64?
    /// When it was found ok again, as long as somebody has to hear of it.
    var until: Int64?
    /// By name.
    var channels: [String: Channel] = [:]
  }

  /// By rule.
  var entries: [String: Entry] = [:]

  /// Creates the memory of nothing.
  public init() {}

  /// Takes note of what `rule` came to at `now`.
  /// - Returns: the notices that are due, in the order of the rule's channels.
  public mutating func observe(
    _ rule: AlertRule, _ outcome: AlertOutcome, now: Int64
  ) -> [AlertNotice] {
    var entry = entries[rule.id] ?? Entry()
    entry.channels = entry.channels.filter { rule.channels.contains($0.key) }
    if outcome.isAlerting {
      entry.since = entry.since ?? outcome.since ?? now
      entry.until = nil
    } else if outcome.state == .ok, entry.since != nil {
      entry.since = nil
      entry.until = now
    }
    entries[rule.id] = entry
    forget(rule, now: now)
    if let since = entry.since {
      guard outcome.isAlerting else { return [] }
      let kind = outcome.state == .noData ? AlertNotice.Kind.noData : .firing
      return rule.channels.filter { entry.channels[$0]?.isDue(rule.cooldown, now: now) ?? true }
        .map { AlertNotice(rule: rule.id, channel: $0, kind: kind, since: since, until: nil) }
    }
    return rule.channels.compactMap { name in
      guard let since = entry.channels[name]?.believes else { return nil }
      return AlertNotice(
        rule: rule.id, channel: name, kind: .resolved, since: since, until: entry.until ?? now)
    }
  }

  /// Takes note that the channel took `notice` of `rule` at `now`.
  public mutating func confirm(_ notice: AlertNotice, of rule: AlertRule, now: Int64) {
    if notice.kind == .resolved {
      entries[notice.rule]?.channels[notice.channel]?.believes = nil
      forget(rule, now: now)
    } else {
      entries[notice.rule, default: Entry()].channels[notice.channel] = Channel(
        told: now, believes: notice.since)
    }
  }

  /// Since when the rule with this id is alerting, over all runs; nil when it is not.
  public func since(_ id: String) -> Int64? { entries[id]?.since }

  /// Drops what will never matter again of `rule`.
  private mutating func forget(_ rule: AlertRule, now: Int64) {
    guard var entry = entries[rule.id], entry.since == nil else { return }
    entry.channels = entry.channels.filter {
      $0.value.believes != nil || !$0.value.isDue(rule.cooldown, now: now)
    }
    if !entry.channels.values.contains(where: { $0.believes != nil }) { entry.until = nil }
    entries[rule.id] = entry.channels.isEmpty ? nil : entry
  }
}

extension AlertMemory.Channel {
  /// Whether `cooldown` has passed. A notice that lies further ahead than that was taken by a clock
  /// that was wrong: better told twice than never.
  fileprivate func isDue(_ cooldown: Int64, now: Int64) -> Bool {
    let (passed, overflow) = now.subtractingReportingOverflow(told)
    return overflow || passed.magnitude >= UInt64(cooldown)
  }
}
