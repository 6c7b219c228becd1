// What is said of a rule: to people in words, to programs as JSON.

import Analytics
import EvtCore
import Query

/// The words for one rule at one instant.
struct AlertMessage {
  var rule: AlertRule
  var outcome: AlertOutcome
  var now: Int64
  /// The store as it was named.
  var store: String
  var newestEvent: Int64?

  /// The version of the payloads: raised when a key is removed, renamed or retyped.
  static let schemaVersion = 1

  /// What was found, and why that is good or bad.
  var detail: String {
    switch outcome.state {
    case .ok: return measure
    case .firing: return measure + limit
    case .pending:
      let since = outcome.since.map(TimeText.format) ?? ""
      return "\(measure)\(limit); since \(since), fires after \(Self.span(rule.hold))"
    case .insufficient:
      guard case .rateBelow(_, let denominator, _, let minSamples) = rule.condition else {
        return measure
      }
      return "\(HumanNumber.count(outcome.counts[1])) of \(denominator.text) in \(window),"
        + " fewer than \(HumanNumber.count(minSamples))"
    case .noData:
      let newest = newestEvent.map { " (newest event \(TimeText.format($0)))" } ?? ""
      return "no event of any name in \(window): has ingestion stopped?\(newest)"
    }
  }

  private var measure: String {
    switch rule.condition {
    case .volumeBelow(let events, _), .volumeAbove(let events, _), .noData(let events?):
      "\(HumanNumber.count(outcome.counts[0])) of \(events.text) in \(window)"
    case .noData(nil): "\(HumanNumber.plural(outcome.counts[0], "event")) in \(window)"
    case .rateBelow:
      (outcome.value.map { "\(HumanNumber.number($0))% " } ?? "no rate ")
        + "(\(HumanNumber.count(outcome.counts[0])) of \(HumanNumber.count(outcome.counts[1])))"
        + " in \(window)"
    }
  }

  private var limit: String {
    switch rule.condition {
    case .volumeBelow(_, let threshold): ", below \(Self.text(threshold))"
    case .volumeAbove(_, let threshold): ", above \(Self.text(threshold))"
    case .rateBelow(_, _, let threshold, _): ", below \(Self.text(threshold))%"
    case .noData: ""
    }
  }

  private var window: String { Self.span(rule.window) }

  /// The value and the threshold for tables and JSON.
  var value: ResultValue {
    guard let value = outcome.value else { return .null }
    if case .rateBelow = rule.condition { return .double(value) }
    return Self.number(value)
  }
  var threshold: ResultValue { rule.threshold.map(Self.number) ?? .null }

  private static func number(_ value: Double) -> ResultValue {
    Int64(exactly: value).map { .int($0) } ?? .double(value)
  }

  private static func text(_ value: Double) -> String {
    Int64(exactly: value).map { HumanNumber.count($0) } ?? NumberText.shortest(value)
  }

  private static func span(_ nanoseconds: Int64) -> String {
    HumanNumber.span(nanoseconds: nanoseconds).filter { $0 != " " }
  }

  // MARK: - Notices

  /// The detail of `notice`.
  func detail(of notice: AlertNotice) -> String {
    guard let until = notice.until else { return detail }
    let (lasted, overflow) = until.subtractingReportingOverflow(notice.since)
    // A clock that was put back makes no sense of it.
    let after =
      overflow || lasted < 0
      ? "" : " after \(HumanNumber.duration(milliseconds: Double(lasted) / 1e6))"
    return "ok again\(after): \(detail)"
  }

  /// `notice` in one line.
  func line(_ notice: AlertNotice) -> String {
    let word =
      switch notice.kind {
      case .firing: "FIRING"
      case .noData: "NO DATA"
      case .resolved: "RESOLVED"
      }
    let name = rule.name == rule.id ? rule.id : "\(rule.id) (\(rule.name))"
    let since = notice.until == nil ? "; since \(TimeText.format(notice.since))" : ""
    return "\(word) \(rule.severity.rawValue) \(name): \(detail(of: notice))\(since)"
  }

  /// The payload of `notice` for a channel of `kind`.
  func payload(_ notice: AlertNotice, for kind: AlertChannel.Kind) -> JSONNode {
    let reproduce = AlertReproduction(rule: rule, counts: outcome.counts, now: now, store: store)
    guard kind == .webhook else {
      return .object([("text", .text(Self.slack("\(line(notice))\n\(reproduce.command)")))])
    }
    return .object([
      ("schema_version", .int(Self.schemaVersion)),
      ("key", .text("\(rule.id)/\(TimeText.format(notice.since))")),
      ("rule", .text(rule.id)),
      ("name", .text(rule.name)),
      ("state", .text(notice.kind.rawValue)),
      ("severity", .text(rule.severity.rawValue)),
      ("value", .value(value)),
      ("threshold", .value(threshold)),
      ("window", .text(window)),
      ("since", .time(notice.since)),
      ("at", .time(now)),
      ("detail", .text(detail(of: notice))),
      ("reproduce", .text(reproduce.command)),
    ])
  }

  /// Text that Slack shows as it is: the name of an event must not call everybody.
  private static func slack(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
