package io.hfeco2ai.audit;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Collection;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * What a time-stamping authority answered, checked: it is of this text, and signed with the certificate that lies in it,
 * which is one for time stamps and was valid then (RFC 3161). Whether that certificate is to be trusted, the reader
 * decides: docs/people.md has the command.
 *
 * @param at the authority's time
 * @param authority subject of its certificate
 */
record StampAnswer(Instant at, String authority) {

    /** It is not what was asked for, or not signed as it says. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /** Asks for a stamp of the text's SHA-256, with the certificate in the answer. */
    static TimeStampRequest request(String text, BigInteger nonce) {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        return generator.generate(TSPAlgorithms.SHA256, sha256(text), nonce);
    }

    /** An answer that just came. @throws Refused it does not fit the request, or says why there is no stamp */
    static StampAnswer of(byte[] response, TimeStampRequest request) throws Refused {
        try {
            new TimeStampResponse(response).validate(request);
        } catch (TSPException | IOException | RuntimeException e) { // the library throws many kinds at what is no ASN.1
            throw new Refused("it does not fit the request: " + e.getMessage());
        }
        return checked(response, request.getMessageImprintDigest());
    }

    /** An answer that was kept. @throws Refused it is of another text, or was changed */
    static StampAnswer of(byte[] response, String text) throws Refused {
        return checked(response, sha256(text));
    }

    private static StampAnswer checked(byte[] response, byte[] digest) throws Refused {
        try {
            TimeStampResponse read = new TimeStampResponse(response);
            TimeStampToken token = read.getTimeStampToken();
            if (token == null) {
                throw new Refused("it holds no stamp: status " + read.getStatus() + ", " + read.getStatusString());
            }
            if (!MessageDigest.isEqual(token.getTimeStampInfo().getMessageImprintDigest(), digest)) {
                throw new Refused("it is of another text");
            }
            @SuppressWarnings("unchecked")
            Collection<X509CertificateHolder> signers = token.getCertificates().getMatches(token.getSID());
            if (signers.isEmpty()) {
                throw new Refused("the certificate that signed it is not in it");
            }
            X509CertificateHolder signer = signers.iterator().next();
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
            return new StampAnswer(
                    token.getTimeStampInfo().getGenTime().toInstant(),
                    signer.getSubject().toString());
        } catch (TSPException | IOException | OperatorCreationException | CertificateException | RuntimeException e) {
            throw new Refused("it is not signed as it says: " + e.getMessage());
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
