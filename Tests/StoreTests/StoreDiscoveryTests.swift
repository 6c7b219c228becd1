// Tests of where a store is looked for.

import Testing

@testable import Store

@Suite struct StoreDiscoveryTests {
  private func location(
    option: String? = nil, environment: String? = nil, in directory: String = "/home/ann/work",
    existing: Set<String> = []
  ) -> StoreLocation {
    StoreLocation(
      option: option, environment: environment, workingDirectory: directory,
      isDirectory: { existing.contains($0) })
  }

  @Test("the option wins over the environment, and that over what is found")
  func precedence() {
    let existing: Set = ["/home/ann/home/.evt"]
    let option = location(option: "x", environment: "y", existing: existing)
    #expect(option.path == "x" && option.origin == .option)
    let environment = location(environment: "y", existing: existing)
    #expect(environment.path == "y" && environment.origin == .environment)
    #expect(location(environment: "", existing: existing).path == "/home/ann/home/.evt")
  }

  @Test("the nearest directory upwards is found, up to the root")
  func upwards() {
    let both: Set = ["/home/.evt", "/home/ann/.evt"]
    #expect(location(existing: both).path == "/home/ann/.evt")
    #expect(location(existing: ["/.evt"]).path == "/.evt")
    #expect(location(in: "/", existing: ["/.evt"]).path == "/.evt")
    #expect(location(in: "/a/", existing: ["/a/.evt"]).path == "/a/.evt")
  }

  @Test("without any, it is the one in the working directory")
  func standard() {
    let location = location(existing: ["/home/bob/.evt"])
    #expect(location.path == "./.evt" && location.origin == .standard)
  }
}
