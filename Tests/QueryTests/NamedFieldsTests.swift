// Tests of what the text of a question says about the fields it needs.

import Columnar
import TestSupport
import Testing

@testable import Query

@Suite struct NamedFieldsTests {
  private static let components = [
    "a", "b", "total", "totals", "a b", "a.b", "`", "käse", "$id", "", "properties", "x\ny", "0",
  ]

  private static func components(_ random: inout SeededGenerator) -> [String] {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in
      components.randomElement(using: &random) ?? "a"
    }
  }

  @Test("whatever a name means may be named by a text that has it")
  func coversResolution() {
    let seed = UInt64.random(in: 0..<1_000_000)
    for round in seed..<seed + 400 {
      var random = SeededGenerator(seed: round)
      let paths = (0..<12).map { _ in FieldPath.text(of: Self.components(&random)) }
      let catalog = FieldCatalog(
        paths.map { SegmentSummary.Field(path: $0, role: .property, kinds: .init(.int)) })
      for _ in 0..<40 {
        let components = Self.components(&random)
        guard case .field(let field) = catalog.resolve(components), field.role == .property else {
          continue
        }
        let name = FieldPath.text(of: components)
        // As a key, an expression, and a key of JSONExtract.
        for text in [
          name, "sum(\(FieldNaming.expression(components))) > 1",
          "JSONExtractInt(\(components.dropLast().joined(separator: ".")), '\(components.last ?? "")')",
        ] {
          let fields = NamedFields(in: ["count", text])
          #expect(fields.mayName(field.name), "seed \(round): \(text) for \(field.name)")
        }
      }
    }
  }

  @Test(
    "texts that mean every field name every field",
    arguments: ["SELECT * FROM events", "a * b", "COLUMNS('x')", "`\\x61`"])
  func all(_ text: String) {
    #expect(NamedFields(in: [text]).mayName("properties.total"))
  }

  @Test("others do not", arguments: ["", "count(*)", "tota", "Total"])
  func none(_ text: String) {
    #expect(!NamedFields(in: [text]).mayName("properties.total"))
  }
}
