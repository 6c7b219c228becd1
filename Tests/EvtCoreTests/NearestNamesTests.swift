// What counts as near.

import TestSupport
import Testing

@testable import EvtCore

@Suite("NearestNames") struct NearestNamesTests {
  static let known = [
    "page_view", "add_to_cart", "purchase", "properties.price", "signup", "sign_in",
  ]

  static let rows: [(String, [String])] = [
    ("purchse", ["purchase"]), ("prurchase", ["purchase"]), ("Purchase", ["purchase"]),
    ("page_veiw", ["page_view"]), ("signin", ["sign_in", "signup"]),
    ("price", ["properties.price"]),
    ("pageview", ["page_view"]), ("zzz", []), ("", []), ("x", []),
  ]

  @Test("finds what was meant", arguments: rows) func near(row: (String, [String])) {
    #expect(NearestNames.find(row.0, among: Self.known) == row.1, "\(row.0)")
  }

  @Test("never offers the name itself") func itself() {
    #expect(NearestNames.find("purchase", among: ["purchase"]).isEmpty)
  }

  @Test("counts edits, swaps of neighbours as one") func distances() {
    func distance(_ a: String, _ b: String) -> Int {
      NearestNames.distance(Array(a.unicodeScalars), Array(b.unicodeScalars))
    }
    #expect(distance("", "abc") == 3)
    #expect(distance("abc", "") == 3)
    #expect(distance("abcd", "acbd") == 1)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("ca", "abc") == 3)
  }

  @Test("stays fast on absurdly long names") func long() {
    let long = String(repeating: "a", count: 1_000_000)
    #expect(NearestNames.find(long, among: Self.known).isEmpty)
  }
}
