package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** Checks a bundle and ends. The exit code is the answer. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check an evidence bundle without a server: signature, hashes, and every figure computed again.",
            "Exit code: 0 all agrees, 1 something differs, 2 it cannot be read or an option is wrong."
        })
public final class VerifyCommand implements Callable<Integer> {

    static final int AGREES = 0;
    static final int DIFFERS = 1;
    static final int UNREADABLE = 2;

    @Parameters(paramLabel = "BUNDLE", description = "The zip.")
    private Path bundle = Path.of("");

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The installation's public key, or a file with it, got in another way than the bundle.")
    private @Nullable String key;

    @Option(names = "--json", description = "Print what was found as JSON.")
    private boolean json;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @Override
    public Integer call() {
        try (BundleZip zip = new BundleZip(bundle)) {
            Findings findings = Verification.of(zip, key);
            if (json) {
                out.println(json(findings));
            } else {
                print(findings);
            }
            return findings.count() == 0 ? AGREES : DIFFERS;
        } catch (Unreadable e) {
            return unreadable(e.getMessage());
        } catch (IOException e) {
            return unreadable(bundle + " cannot be read: "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    private int unreadable(@Nullable String why) {
        err.println("hf-eco2ai: " + why);
        return UNREADABLE;
    }

    private void print(Findings findings) {
        findings.checked().forEach((what, count) -> out.println("checked " + count + " " + what));
        findings.differences().forEach(difference -> out.println("DIFFERS " + difference.text()));
        if (findings.count() > findings.differences().size()) {
            out.println("… and " + (findings.count() - findings.differences().size()) + " more");
        }
        findings.notes().forEach(note -> out.println("Note: " + note));
        out.println(findings.count() == 0 ? "All agrees." : findings.count() + " differences.");
    }

    private static String json(Findings findings) {
        return Json.object(json -> {
            json.writeStringProperty("verdict", findings.count() == 0 ? "agrees" : "differs");
            json.writeNumberProperty("difference_count", findings.count());
            json.writeName("differences");
            json.writeStartArray();
            findings.differences().forEach(difference -> difference(json, difference));
            json.writeEndArray();
            json.writeName("checked");
            json.writeStartObject();
            findings.checked().forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeName("notes");
            json.writeStartArray();
            findings.notes().forEach(json::writeString);
            json.writeEndArray();
        });
    }

    private static void difference(JsonGenerator json, Findings.Difference difference) {
        json.writeStartObject();
        json.writeStringProperty("file", difference.file());
        json.writeNumberProperty("line", difference.line());
        json.writeStringProperty("entry", difference.entry());
        json.writeStringProperty("what", difference.what());
        json.writeStringProperty("expected", difference.expected());
        json.writeStringProperty("found", difference.found());
        json.writeEndObject();
    }
}
