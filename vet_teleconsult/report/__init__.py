from . import vet_transcript_report
