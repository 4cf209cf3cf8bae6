import ArgumentParser

/// Format of a command's standard output.
protocol OutputFormat: RawRepresentable<String>, CaseIterable, ExpressibleByArgument, Sendable {
  static var usual: Self { get }
}

enum TableFormat: String, OutputFormat {
  case table, json
  static let usual = table
}

enum TextFormat: String, OutputFormat {
  case text, json
  static let usual = text
}

/// Choice of the format.
struct FormatOption<Format: OutputFormat>: ParsableArguments {
  @Option(help: ArgumentHelp("Format of the output.", valueName: "format"))
  var format = Format.usual
}
