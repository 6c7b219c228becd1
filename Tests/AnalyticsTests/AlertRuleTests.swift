// Tests of AlertRule and the events that it names.

import Analytics
import Testing

@Suite("AlertRule")
struct AlertRuleTests {
  @Test(
    "one step is one step", arguments: ["a", "a|b", "a[x IN (1, 2)]", "\"a, b\"", "*", "a:>=3"])
  func reads(_ text: String) throws {
    #expect(try AlertEvents(parsing: text).step.name == text)
  }

  @Test(
    "several steps are refused with their place", arguments: [("a,b", 2), ("a[x],b", 5), ("", 1)])
  func refuses(_ text: String, _ character: Int) {
    #expect {
      _ = try AlertEvents(parsing: text)
    } throws: { error in
      guard case .steps(text, let found, _) = error as? AnalyticsError else { return false }
      return found == character
    }
  }
}
