// The steps argument: what reads, and what is refused and where.

import Analytics
import Testing

@Suite("EventStepParser")
struct EventStepParserTests {
  @Test("names, alternatives, any event and quoted names")
  func names() throws {
    let steps = try EventStep.parse(#"page_view, Order Completed | "a, ""b"" \"c\" \\" ,*"#)
    #expect(steps.map(\.name) == ["page_view", #"Order Completed | "a, ""b"" \"c\" \\""#, "*"])
    #expect(steps[1].alternatives.map(\.event) == ["Order Completed", #"a, "b" "c" \"#])
    #expect(steps[2].alternatives == [.init(event: nil)])
  }

  @Test("conditions keep nested brackets and quoted ones whole")
  func conditions() throws {
    let text = #"a[x IN [1, 2] AND y = ']''['] | "b"[z = "]"],*[`]` = '\']']"#
    let steps = try EventStep.parse(text)
    #expect(steps.count == 2)
    let conditions = steps.flatMap(\.alternatives).map(\.condition)
    #expect(
      conditions.map { $0?.text } == [
        "x IN [1, 2] AND y = ']''['", #"z = "]""#, #"`]` = '\']'"#,
      ])
    for case let condition? in conditions {
      let utf8 = Array(text.utf8)[condition.offset...].prefix(condition.text.utf8.count)
      #expect(String(decoding: utf8, as: UTF8.self) == condition.text)
    }
  }

  @Test("text beyond ASCII passes through")
  func unicode() throws {
    #expect(try EventStep.parse("größe[é = '→']").first?.name == "größe[é = '→']")
  }

  @Test(
    "what is no list of steps is refused with its place",
    arguments: [
      ("", 1), ("a,", 3), ("a,,b", 3), ("a|", 3), ("a[", 2), ("a[]", 3), ("a[ ]", 3), ("a]", 2),
      ("a[x]b", 5), ("\"a", 1), ("\"\"", 1), ("é,[x]", 3), ("a[x = ']", 7), ("a\"b\"", 2),
      ("\"a\"b", 4),
    ])
  func refused(_ text: String, _ character: Int) {
    #expect {
      try EventStep.parse(text)
    } throws: { error in
      guard case .steps(text, let found, _) = error as? AnalyticsError else { return false }
      return found == character
    }
  }

  @Test("optional steps are named as not supported", arguments: ["a?", "a,b[x = 1]?", "\"a\" ?,b"])
  func optional(_ text: String) {
    #expect {
      try EventStep.parse(text)
    } throws: { error in
      guard case .unsupported(let message) = error as? AnalyticsError else { return false }
      return message.contains("optional")
    }
  }
}
