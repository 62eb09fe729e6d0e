package io.hfeco2ai.reports.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The installation's Ed25519 key (RFC 8032), made when it is first needed and kept in a file beside the data that only its
 * owner may read: first line the private key (PKCS 8), second the public one (X.509), both in base64.
 */
@Component
class EvidenceKey {

    private static final String ALGORITHM = "Ed25519";

    private final Path file;
    private @Nullable List<String> lines;

    EvidenceKey(@Value("${hfeco2ai.data}") Path data) {
        this.file = data.resolve("evidence-key");
    }

    /** X.509, in base64. */
    String publicKey() {
        return lines().get(1);
    }

    byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines().get(0)))));
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the evidence key in " + file + " cannot be used", e);
        }
    }

    private synchronized List<String> lines() {
        if (lines == null) {
            try {
                if (!Files.exists(file)) {
                    make();
                }
                List<String> read = Files.readAllLines(file, StandardCharsets.US_ASCII);
                if (read.size() < 2) {
                    throw new IllegalStateException(
                            "the evidence key in " + file + " is not whole: put its backup there");
                }
                lines = read;
            } catch (IOException e) {
                throw new UncheckedIOException("the evidence key in " + file + " cannot be read or made", e);
            }
        }
        return lines;
    }

    /** Written beside its place and moved there, so that a killed server leaves no half key. */
    private void make() throws IOException {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        Base64.Encoder base64 = Base64.getEncoder();
        String text = base64.encodeToString(pair.getPrivate().getEncoded()) + "\n"
                + base64.encodeToString(pair.getPublic().getEncoded()) + "\n";
        Files.createDirectories(file.toAbsolutePath().getParent());
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] onlyOwner = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Path part = Files.createTempFile(file.toAbsolutePath().getParent(), "evidence-key", ".part", onlyOwner);
        Files.writeString(part, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        Files.move(part, file);
    }
}
