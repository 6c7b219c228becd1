// Reads a list of expectations from one argument.
//
//     expectations = expectation *( "," expectation )
//     expectation  = step [ ":" comparison number ]
//     comparison   = ">=" | ">" | "<=" | "<" | "="
//
// A step is as in a funnel (see EventStepParser). Without a comparison one event is enough.

extension Expectation {
  /// Returns the expectations that `text` lists.
  /// - Throws: `AnalyticsError.expectations` with the place, or `.unsupported` for optional steps.
  public static func parse(_ text: String) throws(AnalyticsError) -> [Expectation] {
    var parser = ExpectationParser(text: text)
    do {
      return try parser.expectations()
    } catch .steps(let text, let character, let problem) {
      throw .expectations(text: text, character: character, problem: problem)
    }
  }
}

private struct ExpectationParser {
  private var parser: EventStepParser

  init(text: String) { parser = EventStepParser(text: text, stopsAtComparison: true) }

  mutating func expectations() throws(AnalyticsError) -> [Expectation] {
    var expectations = [try expectation()]
    while let byte = parser.peek {
      guard byte == UInt8(ascii: ",") else {
        throw parser.problem("expected ',' or a comparison such as :>=10")
      }
      parser.advance()
      expectations.append(try expectation())
    }
    return expectations
  }

  private mutating func expectation() throws(AnalyticsError) -> Expectation {
    var expectation = Expectation(step: try parser.step())
    try refuseBareNumber(expectation.step)
    guard parser.peek == UInt8(ascii: ":") else { return expectation }
    parser.advance()
    parser.skipSpace()
    expectation.comparison = try comparison()
    parser.skipSpace()
    expectation.count = try number()
    parser.skipSpace()
    return expectation
  }

  private mutating func comparison() throws(AnalyticsError) -> Expectation.Comparison {
    // The longer ones come first in their declaration.
    for comparison in Expectation.Comparison.allCases {
      var ahead = parser
      let matches = comparison.rawValue.utf8.allSatisfy { byte in
        defer { ahead.advance() }
        return ahead.peek == byte
      }
      guard matches else { continue }
      parser = ahead
      return comparison
    }
    throw parser.problem("expected one of >=, >, <=, < and =")
  }

  private mutating func number() throws(AnalyticsError) -> Int {
    let start = parser
    var digits = ""
    while let byte = parser.peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      digits.unicodeScalars.append(Unicode.Scalar(byte))
      parser.advance()
    }
    guard let number = Int(digits) else {
      throw start.problem(digits.isEmpty ? "expected a number" : "the number is too large")
    }
    return number
  }

  /// `purchase:10` would be taken for the name of an event, and nobody means that.
  private func refuseBareNumber(_ step: EventStep) throws(AnalyticsError) {
    guard let last = step.alternatives.last, last.condition == nil, let name = last.event,
      !step.name.hasSuffix("\""), let colon = name.utf8.lastIndex(of: UInt8(ascii: ":"))
    else { return }
    let tail = name.utf8[name.utf8.index(after: colon)...].drop { $0 == 0x20 }
    guard !tail.isEmpty, tail.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
    let meant = "\(name[..<colon]):>=\(String(decoding: tail, as: UTF8.self))"
    throw parser.problem(
      "the comparison is missing: write \(meant), or quote the name if it ends like this")
  }
}
