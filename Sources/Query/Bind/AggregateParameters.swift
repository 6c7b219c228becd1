// Reads what stands in the first parentheses of aggregates: levels, limits, windows, patterns.

import EvtCore

extension ExpressionBinding {
  func levels(
    _ call: CallSyntax, _ name: AggregateName
  ) throws(QueryError) -> [Double] {
    guard let parameters = call.parameters else { return [0.5] }
    var levels: [Double] = []
    for parameter in parameters {
      guard case .number(let text) = parameter.literal, let level = Double(text),
        (0...1).contains(level)
      else {
        levels = []
        break
      }
      levels.append(level)
    }
    guard levels.count == parameters.count, !levels.isEmpty, name.isPlural || levels.count == 1
    else {
      throw source.problem(
        call.nameSpan, "\(call.name) takes \(name.isPlural ? "levels" : "one level") from 0 to 1",
        hint: "write \(call.name)(0.95)(price)")
    }
    return levels
  }

  func limit(
    _ call: CallSyntax, isNeeded: Bool = false
  ) throws(QueryError) -> Int? {
    guard let parameters = call.parameters else {
      guard isNeeded else { return nil }
      throw source.problem(
        call.nameSpan, "\(call.name) takes how many values to keep",
        hint: "write \(call.name)(10)(x)")
    }
    guard let first = parameters.first, case .number(let text) = first.literal,
      let limit = Int(text), limit > 0
    else {
      throw source.problem(
        call.nameSpan, "\(call.name) takes a number of values to keep, before its arguments")
    }
    return limit
  }

  /// The window of a funnel in the units of its times.
  func funnelTime(
    _ call: CallSyntax, _ arguments: [SyntaxNode], _ bound: [BoundPart]
  ) throws(QueryError) -> Int64 {
    guard let first = call.parameters?.first, case .number(let text) = first.literal,
      let window = Int64(text), window >= 0
    else {
      throw source.problem(
        call.nameSpan, "windowFunnel takes its window, a whole number, before the arguments",
        hint: "write windowFunnel(1800)(timestamp, event = 'a', event = 'b')")
    }
    let (units, overflow) = window.multipliedReportingOverflow(
      by: try timeUnit(call, arguments, bound))
    return overflow ? .max : units
  }

  /// Of times lengths are in seconds; of numbers in whatever they count.
  private func timeUnit(
    _ call: CallSyntax, _ arguments: [SyntaxNode], _ bound: [BoundPart]
  ) throws(QueryError) -> Int64 {
    guard bound[0].families.isEmpty || !bound[0].families.isDisjoint(with: [.time, .number])
    else {
      throw source.problem(
        arguments[0].span, "\(shown(bound[0], arguments[0])), but \(call.name) takes a time",
        hint: "write \(call.name)(…)(timestamp, event = 'a', event = 'b')")
    }
    return bound[0].families == .time ? 1_000_000_000 : 1
  }

  func funnelModes(_ call: CallSyntax) throws(QueryError) -> FunnelAccumulator.Modes {
    var modes: FunnelAccumulator.Modes = []
    for parameter in (call.parameters ?? []).dropFirst() {
      guard case .text(let bytes) = parameter.kind else {
        throw source.problem(parameter.span, "the modes of windowFunnel are texts in quotes")
      }
      switch String(decoding: bytes, as: UTF8.self) {
      case "strict", "strict_deduplication": modes.insert(.deduplication)
      case "strict_order": modes.insert(.order)
      case "strict_increase": modes.insert(.increase)
      case "strict_once": modes.insert(.once)
      case "allow_reentry": modes.insert(.reentry)
      default:
        throw source.problem(
          parameter.span, "\(source.slice(parameter.span)) is no mode of windowFunnel here",
          hint: "the modes are strict_deduplication, strict_order, strict_increase, strict_once"
            + " and, with strict_order, allow_reentry")
      }
    }
    if modes.contains(.reentry), !modes.contains(.order) {
      throw source.problem(
        call.nameSpan, "allow_reentry is about strict_order",
        hint: "write windowFunnel(…, 'strict_order', 'allow_reentry')")
    }
    return modes
  }

  func sequencePattern(
    _ call: CallSyntax, _ arguments: [SyntaxNode], _ bound: [BoundPart]
  ) throws(QueryError) -> SequencePattern {
    guard let first = call.parameters?.first, case .text(let bytes) = first.kind,
      let pattern = SequencePattern(
        String(decoding: bytes, as: UTF8.self), unit: try timeUnit(call, arguments, bound))
    else {
      throw source.problem(
        call.parameters?.first?.span ?? call.nameSpan,
        "\(call.name) takes a pattern before its arguments",
        hint: "write \(call.name)('(?1).*(?t<=3600)(?2)')(timestamp, event = 'a', event = 'b')")
    }
    guard pattern.conditions < arguments.count else {
      throw source.problem(
        first.span,
        "the pattern names condition \(pattern.conditions), but there are \(arguments.count - 1)")
    }
    return pattern
  }
}
