/// The version of the library, the command line and the package, such as "0.2.0". `Install/layout` reads it here too.
public let engineVersion: StaticString = "0.2.0"
