// Number text against exact decimal arithmetic on strings.

import EvtCore
import Glibc
import TestSupport
import Testing

@Suite("Number text")
struct NumberTextTests {
  @Test(
    "a lexeme keeps its exact value",
    arguments: [
      ("0", "int 0"), ("7", "int 7"), ("-1", "int -1"),
      ("9223372036854775807", "int 9223372036854775807"),
      ("-9223372036854775808", "int -9223372036854775808"), ("-0", "double -0.0"),
      ("-0.0", "double -0.0"), ("0.0", "double 0.0"), ("0e999999999999", "double 0.0"),
      ("-0e-5", "double -0.0"), ("1.0", "double 1.0"), ("1.50", "double 1.5"),
      ("59.98", "double 59.98"), ("0.1", "double 0.1"), ("1e2", "double 100.0"),
      ("1E+2", "double 100.0"), ("1e22", "double 1e+22"), ("1e23", "double 1e+23"),
      ("10000000000000000000000", "double 1e+22"), ("9223372036854775808", "decimal"),
      ("-9223372036854775809", "decimal"), ("18446744073709551616", "decimal"),
      ("12345678901234567890", "decimal"), ("9007199254740993.0", "decimal"),
      ("9007199254740992.0", "double 9007199254740992.0"),
      ("0.1000000000000000055511151231257827", "decimal"),
      ("0.30000000000000004", "double 0.30000000000000004"), ("0.30000000000000003", "decimal"),
      ("-122.41941550000001", "double -122.41941550000001"), ("1e400", "decimal"),
      ("1e-400", "decimal"), ("5e-324", "double 5e-324"), ("4e-324", "decimal"),
      ("4.9406564584124654e-324", "decimal"),
      ("1.7976931348623157e308", "double 1.7976931348623157e+308"),
      ("1.7976931348623159e308", "decimal"), ("123456789012345678", "int 123456789012345678"),
      ("1234567890123456789", "int 1234567890123456789"), ("1e999999999999999999999", "decimal"),
      ("100000000000000000000000000000000000000000000000000e-50", "double 1.0"),
      ("0.00000000000000000000000000000000000000000000000001e50", "double 1.0"),
      ("123456789.123456789", "decimal"), ("123456789.12345679", "double 123456789.12345679"),
    ])
  func kinds(lexeme: String, expected: String) throws {
    let read = try #require(NumberText.parse(lexeme))
    #expect(show(read) == expected)
    #expect(read.length == lexeme.utf8.count)
  }

  @Test(
    "what is no JSON number is refused",
    arguments: [
      "", "-", "+1", ".5", "1.", "01", "-01", "1e", "1e+", "1E-", "0x10", "1_000", "NaN",
      "Infinity",
      "-Infinity", "--1", "1.2.3", "1e5.5", "1 ", " 1", "１", "1f", "1.e5", "-.5", "00", "0e",
    ])
  func refused(text: String) {
    #expect(NumberText.parse(text) == nil)
  }

  @Test("random lexemes agree with decimal arithmetic on strings")
  func randomLexemes() throws {
    let seed = UInt64(time(nil))
    var random = SeededGenerator(seed: seed)
    for round in 0..<20_000 {
      let lexeme = Self.randomLexeme(&random)
      let read = try #require(NumberText.parse(lexeme), "seed \(seed) round \(round): \(lexeme)")
      #expect(show(read) == expectation(lexeme), "seed \(seed) round \(round): \(lexeme)")
    }
  }

  @Test("every double's own text is that double")
  func doublesComeBack() throws {
    let seed = UInt64(time(nil))
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = NumberText.shortest(value)
      let read = try #require(NumberText.parse(text), "seed \(seed): \(text)")
      #expect(read.kind == .double && read.bits == value.bitPattern, "seed \(seed): \(text)")
    }
  }

  // MARK: - The slow twin

  private func show(_ read: NumberText.Lexeme) -> String {
    switch read.kind {
    case .int: "int \(Int64(bitPattern: read.bits))"
    case .double: "double \(Double(bitPattern: read.bits))"
    case .decimal: "decimal"
    }
  }

  private func expectation(_ lexeme: String) -> String {
    if !lexeme.contains(where: { ".eE".contains($0) }), lexeme != "-0", let value = Int64(lexeme) {
      return "int \(value)"
    }
    let value = strtod(lexeme, nil)
    guard value.isFinite, Self.canonical(lexeme) == Self.canonical(value.description) else {
      return "decimal"
    }
    return "double \(value)"
  }

  /// The magnitude as digits without zeros at either end, and the power of ten of the last one.
  private static func canonical(_ text: String) -> String {
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    var power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts[0].drop { $0 == "-" }
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    var digits = String(halves[0])
    if halves.count > 1 {
      digits += halves[1]
      power -= halves[1].count
    }
    while digits.last == "0" {
      digits.removeLast()
      power += 1
    }
    digits = String(digits.drop { $0 == "0" })
    return digits.isEmpty ? "zero" : "\(digits)e\(power)"
  }

  private static func randomLexeme(_ random: inout SeededGenerator) -> String {
    func digits(_ count: Int) -> String {
      (0..<count).map { _ in String(random.below(10)) }.joined()
    }
    var text = random.below(3) == 0 ? "-" : ""
    let integer = digits(1 + random.below(random.below(4) == 0 ? 24 : 6))
    text += String(integer.drop { $0 == "0" })
    if integer.allSatisfy({ $0 == "0" }) { text += "0" }
    if random.below(2) == 0 {
      text += "." + digits(1 + random.below(random.below(3) == 0 ? 20 : 4))
    }
    switch random.below(6) {
    case 0: text += "e\(random.below(40) - 20)"
    case 1: text += "E\(random.below(2) == 0 ? "+" : "-")\(random.below(340))"
    default: break
    }
    return text
  }
}
