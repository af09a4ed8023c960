"""What went wrong with S3, in a sentence that says what to do, without a secret and without an address."""

from botocore import exceptions as client
from botocore.exceptions import BotoCoreError, ClientError

Failure = BotoCoreError | ClientError

_CREDENTIALS = "correct VET_SIDECAR_S3_ACCESS_KEY and VET_SIDECAR_S3_SECRET_KEY"
_UNREACHABLE = (
    client.EndpointConnectionError,
    client.ConnectTimeoutError,
    client.ConnectionClosedError,
    client.ProxyConnectionError,
    client.HTTPClientError,
)
_SLOW = (client.ReadTimeoutError, client.ResponseStreamingError, client.IncompleteReadError)
_REJECTED = {
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "AuthFailure",
}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"}
_DAMAGED = {"BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest", "IncompleteBody"}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507", "EntityTooLarge"}
_BUSY = {"SlowDown", "ServiceUnavailable", "RequestTimeout", "503", "500", "InternalError"}


def code_of(error: Failure) -> str:
    """S3's own word for the error, or the HTTP status where there is no word; empty for an error without an answer."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def status_of(error: Failure) -> int:
    """The HTTP status of the answer, 0 where there was none."""
    if not isinstance(error, ClientError):
        return 0
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def sentence(error: Failure, bucket: str) -> str:
    """What an operator should do about *error*."""
    if isinstance(error, ClientError):
        return _answered(error, bucket)
    if isinstance(error, (client.NoCredentialsError, client.PartialCredentialsError, client.CredentialRetrievalError)):
        return f"There are no credentials for the bucket {bucket}: {_CREDENTIALS}."
    if isinstance(error, _SLOW):
        return f"S3 answers too slowly for the bucket {bucket}; files wait and are tried again. Look at the network."
    if isinstance(error, client.SSLError):
        return f"The certificate of S3 is not trusted (bucket {bucket}): check VET_SIDECAR_S3_ENDPOINT."
    if isinstance(error, _UNREACHABLE):
        return f"S3 cannot be reached for the bucket {bucket}: check VET_SIDECAR_S3_ENDPOINT and the network."
    return f"S3 does not work for the bucket {bucket} ({type(error).__name__}): check the settings VET_SIDECAR_S3_…."


def _answered(error: ClientError, bucket: str) -> str:
    code = code_of(error)
    if code in _REJECTED:
        return f"S3 does not accept the credentials for the bucket {bucket} ({code}): {_CREDENTIALS}."
    if code == "RequestTimeTooSkewed":
        return "The clocks of this machine and of S3 differ: set this machine's clock."
    if code == "NoSuchBucket":
        return f"There is no bucket {bucket}: create it, or correct VET_SIDECAR_STORE."
    if code in _ELSEWHERE:
        return f"The bucket {bucket} is in another region: correct VET_SIDECAR_S3_REGION."
    if code in _DAMAGED:
        return f"A file arrived damaged in the bucket {bucket} ({code}); it was not kept and is sent again."
    if code in _FULL:
        return f"The bucket {bucket} takes no more ({code}): raise its quota or make room."
    if code.startswith("KMS"):
        return f"The key for the bucket {bucket} cannot be used ({code}): check VET_SIDECAR_S3_KMS_KEY and its policy."
    if code in _BUSY or status_of(error) >= 500:
        return f"S3 is busy or broken for the bucket {bucket} ({code}); files wait and are tried again."
    if code == "AccessDenied" or status_of(error) == 403:
        return (
            f"S3 does not allow {error.operation_name} in the bucket {bucket}: "
            f"{_CREDENTIALS}, or the policy of the bucket (see the README)."
        )
    return f"S3 refused {error.operation_name} in the bucket {bucket} ({code})."
