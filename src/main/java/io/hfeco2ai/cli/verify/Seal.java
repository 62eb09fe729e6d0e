package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.Cli.WrongOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The Ed25519 signature over the manifest (RFC 8032). */
final class Seal {

    private static final int LONGEST_KEY = 4096;

    private Seal() {}

    /** @param given public key or a file with it, base64 or PEM; null: nobody gave one */
    static void check(byte[] manifest, byte[] signature, String ownKey, @Nullable String given, Findings findings) {
        String trusted = given == null ? ownKey : key(given);
        if (!trusted.equals(ownKey)) {
            findings.differs(
                    BundleZip.MANIFEST, "signed with another key than the one given: public_key", trusted, ownKey);
        }
        if (given == null) {
            findings.note("No --key was given: the bundle is whole as whoever holds key " + fingerprint(ownKey)
                    + " signed it. Compare that key with one that you got in another way.");
        }
        findings.checked("signatures");
        if (!holds(manifest, signature, trusted)) {
            findings.differs(BundleZip.SIGNATURE, "the signature is not that key's over manifest.json", null, null);
        }
    }

    private static boolean holds(byte[] manifest, byte[] signature, String key) {
        try {
            PublicKey publicKey = KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key)));
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(publicKey);
            check.update(manifest);
            String text = new String(signature, StandardCharsets.US_ASCII).strip();
            return check.verify(Base64.getDecoder().decode(text));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // neither key nor signature can be trusted to be one
        }
    }

    private static String key(String given) {
        String text = given;
        try {
            Path file = Path.of(given);
            if (Files.isRegularFile(file) && Files.size(file) <= LONGEST_KEY) {
                text = Files.readString(file, StandardCharsets.UTF_8);
            }
        } catch (IOException | InvalidPathException e) {
            throw new WrongOption("--key " + given + " cannot be read: " + e.getMessage());
        }
        String key = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key)));
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new WrongOption("--key is neither a public Ed25519 key in base64 nor a file with one");
        }
    }

    private static String fingerprint(String key) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII)), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
