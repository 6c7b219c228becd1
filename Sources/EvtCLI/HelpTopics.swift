// evt help TOPIC: what belongs to no single command.

/// The pages of `evt help`, and the screen of `evt` alone.
enum HelpTopics {
  static let overview = "evt\n"

  static func page(for arguments: [String]) throws -> String? { nil }
}
